import { type Facts, InvariantError } from './errors.ts';

/**
 * Claims something that only an error of ours can break; stays on in production.
 * On hot paths test the condition first and call `broken`, so that no facts are built.
 *
 * @throws InvariantError when `condition` is false.
 */
export function assert(
  condition: boolean,
  sentence: string,
  facts?: Facts,
): asserts condition is true {
  if (!condition) throw new InvariantError(sentence, facts);
}

/** Says that the claim `sentence` does not hold. */
export function broken(sentence: string, facts?: Facts): never {
  throw new InvariantError(sentence, facts);
}
