/** Who asked: an address. Requests of nobody in particular share one line. */
export type Source = string | undefined;

/**
 * Lines that take turns: one of each source that waits, then the next of each. So what one source
 * floods in waits for itself, and a newcomer is served in the next round.
 */
export class FairQueue<T> {
  readonly #lines = new Map<Source, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many of a source wait. */
  waiting(source: Source): number {
    return this.#lines.get(source)?.length ?? 0;
  }

  push(source: Source, item: T): void {
    const line = this.#lines.get(source);
    if (line === undefined) this.#lines.set(source, [item]);
    else line.push(item);
    this.#size++;
  }

  /** At most so many, each source's in the order in which it came. */
  take(countMax: number): T[] {
    const taken: T[] = [];
    while (taken.length < countMax && this.#size > 0) this.#round(countMax, taken);
    return taken;
  }

  /** An equal part of what is still wanted from each line; who was served goes to the back. */
  #round(countMax: number, taken: T[]): void {
    const lines = [...this.#lines];
    const part = Math.max(1, Math.floor((countMax - taken.length) / lines.length));
    for (const [source, line] of lines) {
      if (taken.length === countMax) return;
      const mine = line.splice(0, Math.min(part, countMax - taken.length));
      this.#size -= mine.length;
      taken.push(...mine);
      this.#lines.delete(source);
      if (line.length > 0) this.#lines.set(source, line);
    }
  }
}
