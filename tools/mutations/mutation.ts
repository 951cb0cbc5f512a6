/** One change to one source. */
export interface Edit {
  readonly file: string;
  /** The exact text, which stands in the file once. */
  readonly find: string;
  readonly replace: string;
}

/** A rule broken on purpose. */
export interface Mutation {
  /** What is broken, in words; also how it is chosen on the command line. */
  readonly name: string;
  /** The rule that it breaks, by its name in docs/spec. */
  readonly rule: string;
  readonly edits: readonly Edit[];
  /** Test files that are likely to catch it, so that the run is quick. */
  readonly tests: readonly string[];
}
