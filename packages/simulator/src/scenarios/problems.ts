import { InexactDecimalError } from '@plimsoll/api/units';
import type { ScenarioProblem } from '../errors.ts';

/** Collects what is wrong in a file while its figures are converted. */
export class Problems {
  readonly #found: ScenarioProblem[] = [];

  get found(): readonly ScenarioProblem[] {
    return this.#found;
  }

  add(path: string, message: string): void {
    this.#found.push({ path, message });
  }

  /** Adds the message unless the claim holds; gives the claim back. */
  expect(claim: boolean, path: string, message: string): boolean {
    if (!claim) this.add(path, message);
    return claim;
  }

  /** The converted figure, or the fallback and a problem when it is not exact. */
  convert<T>(path: string, fallback: T, conversion: () => T): T {
    try {
      return conversion();
    } catch (error) {
      if (!(error instanceof InexactDecimalError)) throw error;
      this.add(path, error.message);
      return fallback;
    }
  }

  /** Adds a problem for every name that occurred before. */
  expectUnique(names: readonly string[], pathOf: (at: number) => string): void {
    const seen = new Set<string>();
    names.forEach((name, at) => {
      this.expect(!seen.has(name), pathOf(at), `the name "${name}" is taken; choose another`);
      seen.add(name);
    });
  }

  /** Adds a problem unless the name is one of the known ones. */
  expectKnown(
    name: string,
    known: ReadonlySet<string>,
    at: { readonly path: string; readonly noun: string },
  ): boolean {
    const listed = [...known].slice(0, 12).join(', ') || 'none';
    return this.expect(
      known.has(name),
      at.path,
      `no ${at.noun} is called "${name}"; known: ${listed}`,
    );
  }
}
