/** What was tried, and what the node answered, by name and number. */
export class Tally {
  readonly #answers = new Map<string, number>();
  #tried = 0;

  /** So many attempts are under way; each is to be answered by something. */
  tried(times = 1): void {
    this.#tried += times;
  }

  answered(answer: string, times = 1): void {
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + times);
  }

  get attempts(): number {
    return this.#tried;
  }

  /** The most frequent first. */
  get answers(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#answers].sort(([, a], [, b]) => b - a));
  }

  get answeredInAll(): number {
    return [...this.#answers.values()].reduce((sum, each) => sum + each, 0);
  }
}
