import type { Hex } from '@plimsoll/api';
import type { Problem, Receipt } from '@plimsoll/api/wire';

const AT_ONCE = 8;

/**
 * What a node tells of commands by their digests, at a height or later; those that it does not know
 * are not in the answer.
 */
export async function lookUp(
  url: string,
  digests: readonly Hex[],
  minHeight: number,
): Promise<ReadonlyMap<Hex, Receipt>> {
  const found = new Map<Hex, Receipt>();
  const left = [...digests];
  const ask = async (): Promise<void> => {
    for (let digest = left.pop(); digest !== undefined; digest = left.pop()) {
      const answer = await fetch(`${url}/v1/commands/${digest}?minHeight=${minHeight}`);
      const body = (await answer.json()) as Problem | { readonly receipt: Receipt };
      if ('receipt' in body) found.set(digest, body.receipt);
      else if (body.name !== 'unknown') throw new Error(`${digest}: ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return found;
}
