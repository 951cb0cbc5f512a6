/** Plain data that goes with a failure: figures with their units in the names. */
export type Facts = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>;

/** What an operating error is made of. `code` is stable and upper-case, for programs. */
export interface PlimsollErrorOptions {
  readonly code: string;
  /** What happened, for people. */
  readonly message: string;
  readonly facts?: Facts;
  readonly cause?: unknown;
}

/**
 * The world failed: disk, peer, configuration, input that does not parse. Base of all such errors.
 */
export class PlimsollError extends Error {
  readonly code: string;
  readonly facts: Facts;

  constructor(options: PlimsollErrorOptions) {
    const { code, message, facts = {}, cause } = options;
    super(`${message}${describe(facts)}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
  }
}

/** The program is wrong: a claim that must always hold did not. The node stops. */
export class InvariantError extends Error {
  /** The claim that did not hold, as a sentence. */
  readonly sentence: string;
  readonly facts: Facts;

  constructor(sentence: string, facts: Facts = {}) {
    super(`broken: ${sentence}${describe(facts)}`);
    this.name = 'InvariantError';
    this.sentence = sentence;
    this.facts = facts;
  }
}

function describe(facts: Facts): string {
  const parts = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
