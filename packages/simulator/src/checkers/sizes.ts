import { bookErrors } from '@plimsoll/core/venue';
import type { Checker } from './checker.ts';

/** I2: sizes sum to 0, Σ entry = Σ realized, open interest is the longs; books are their orders. */
export const sizesChecker: Checker = {
  name: 'sizes',
  invariant: 'I2',
  check: ({ state, after }) => {
    const sentences: string[] = [];
    const { instruments, machine } = state;
    const count = machine.instrumentCount.get(0);
    const sizes = new Array<number>(count + 1).fill(0);
    const longs = new Array<number>(count + 1).fill(0);
    const entries = new Array<bigint>(count + 1).fill(0n);
    for (const { positions } of after.accounts) {
      for (const { instrument, size, entry } of positions) {
        sizes[instrument] = (sizes[instrument] ?? 0) + size;
        longs[instrument] = (longs[instrument] ?? 0) + Math.max(0, size);
        entries[instrument] = (entries[instrument] ?? 0n) + entry;
      }
    }
    for (let instrument = 1; instrument <= count; instrument++) {
      if (sizes[instrument] !== 0) {
        sentences.push(`sizes of instrument ${instrument} sum to ${sizes[instrument]}`);
      }
      if (longs[instrument] !== instruments.openInterest.get(instrument)) {
        sentences.push(`open interest of instrument ${instrument} is not ${longs[instrument]}`);
      }
      const realized = instruments.realizedTotal.get(instrument);
      if (entries[instrument] !== realized) {
        sentences.push(
          `instrument ${instrument}: Σ entry ${entries[instrument]}, Σ realized ${realized}`,
        );
      }
    }
    return [...sentences, ...bookErrors(state)];
  },
};
