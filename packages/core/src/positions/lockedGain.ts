import { amountOf, assert, mulDivUp } from '../math/index.ts';

/**
 * What is left of a locked gain of `amount`, `elapsedMs` after it was last counted: linear to 0
 * over `windowMs`, rounded up. `elapsedMs` counts only time in which the market was ok and had no
 * open deficit; a window of 0 locks nothing. Spec: positions 3.
 */
export function lockedGainAfter(
  amount: bigint,
  decay: { readonly elapsedMs: number; readonly windowMs: number },
): bigint {
  const { elapsedMs, windowMs } = decay;
  assert(elapsedMs >= 0, 'a locked gain is read after it was counted', { elapsedMs });
  const leftMs = windowMs - elapsedMs;
  if (amount <= 0n || leftMs <= 0) return 0n;
  return mulDivUp(amount, amountOf(leftMs), amountOf(windowMs));
}

/**
 * The locked gain counted anew at a realization (rule F0): what is left of the old one plus the
 * realized gain or loss, never below 0. Its window begins again now.
 */
export function lockRealized(left: bigint, realized: bigint): bigint {
  const sum = left + realized;
  return sum > 0n ? sum : 0n;
}

/** G = max(0, u + L): the gain that a loss of the market may reach. */
export function gainOf(unrealized: bigint, lockedGain: bigint): bigint {
  const gain = unrealized + lockedGain;
  return gain > 0n ? gain : 0n;
}
