import { cutAt, least, positive, splitCapped, splitSizes, sumOf } from '../../ledger/index.ts';
import { amountOf, assert, integerOf, mulDivDown } from '../../math/index.ts';

// Auto-deleveraging (rule F12): the residual of a bankrupt account is closed against those on the
// other side, exactly, from gains only and in proportion to them. Spec: waterfall 4.

export interface AdlInput {
  /** Lots of the bankrupt account that nobody took. */
  readonly residualSize: number;
  /** Its part of the market's deficit that pools have not paid, ≥ 0. */
  readonly deficit: bigint;
  /** Lots of each opposite holder, positive, in account order; so are the next three. */
  readonly sizes: ArrayLike<number>;
  /** Gain of each in this market, ≥ 0 (rule F0). */
  readonly gains: ArrayLike<bigint>;
  /** Equity of each at mark, down; may be negative. */
  readonly equities: ArrayLike<bigint>;
  /**
   * 1 for those who go first: their net delta in the underlying does not grow when their cap is
   * closed, and they stay at or above maintenance. 0 for the others, hedges among them.
   */
  readonly goesFirst: ArrayLike<number>;
}

export interface AdlResult {
  /** Lots that each gives up against a charge (passes 1 and 2). */
  readonly closed: number[];
  /** Lots that each gives up at mark, without a charge (pass 3). */
  readonly closedAtMark: number[];
  /** What each pays; never above min(gain, equity). */
  readonly charges: bigint[];
  /** The part of the deficit that falls on lots closed at mark: it is socialized. */
  readonly unpaid: bigint;
}

/**
 * The most lots that a winner can give up and still pay their charge out of gain and equity:
 * min(|q|, ⌊max(0, min(G, E) − 1)·|q_b| ÷ D⌋), the whole position when nothing is charged; 0
 * without a gain. The 1 is what the Σ-cut may round onto it. Spec: waterfall 4.2.
 */
export function adlCap(holder: {
  readonly size: number;
  readonly gain: bigint;
  readonly equity: bigint;
  readonly residualSize: number;
  readonly deficit: bigint;
}): bigint {
  const { size, gain, equity, residualSize, deficit } = holder;
  const lots = amountOf(size);
  if (gain <= 0n) return 0n;
  if (deficit === 0n) return lots;
  const means = least(gain, equity) - 1n;
  if (means <= 0n) return 0n;
  return least(mulDivDown(means, amountOf(residualSize), deficit), lots);
}

/** All three passes. Lots closed sum to `residualSize`, charges + unpaid to `deficit`, exactly. */
export function autoDeleverage(input: AdlInput): AdlResult {
  const { residualSize, deficit, sizes, gains, equities, goesFirst } = input;
  const count = sizes.length;
  assert(residualSize > 0 && deficit >= 0n, 'ADL has lots to close and no negative deficit', {
    residualSize,
    deficit,
  });
  const caps: bigint[] = [];
  for (let i = 0; i < count; i++) {
    const [size, gain, equity] = [sizes[i] ?? 0, gains[i] ?? 0n, equities[i] ?? 0n];
    caps.push(adlCap({ size, gain, equity, residualSize, deficit }));
  }
  const weights: bigint[] = [];
  for (let i = 0; i < count; i++) weights.push(positive(gains[i] ?? 0n));
  const first = splitCapped(amountOf(residualSize), weights, only(caps, goesFirst, true));
  const leftForOthers = amountOf(residualSize) - sumOf(first);
  const others = splitCapped(leftForOthers, weights, only(caps, goesFirst, false));
  const closed = first.map((lots, i) => integerOf(lots + (others[i] ?? 0n)));

  const remaining = closed.map((lots, i) => (sizes[i] ?? 0) - lots);
  const atMark = residualSize - closed.reduce((all, lots) => all + lots, 0);
  const open = remaining.reduce((all, lots) => all + lots, 0);
  assert(open >= atMark, 'the other side holds the lots of the bankrupt account', { open, atMark });
  const charges = chargesOf(closed, residualSize, deficit);
  return {
    closed,
    closedAtMark: splitSizes(atMark, remaining),
    charges,
    unpaid: deficit - sumOf(charges),
  };
}

/** Each one's charge: D·cum/|q_b| by Σ-cut in account order. Spec: waterfall 4.5. */
function chargesOf(closed: readonly number[], residualSize: number, deficit: bigint): bigint[] {
  const lotSum = amountOf(residualSize);
  let cumulated = 0n;
  let before = 0n;
  return closed.map((lots) => {
    cumulated += amountOf(lots);
    const after = cutAt(deficit, cumulated, lotSum);
    const charge = after - before;
    before = after;
    return charge;
  });
}

function only(caps: readonly bigint[], flags: ArrayLike<number>, isFirst: boolean): bigint[] {
  return caps.map((cap, i) => (((flags[i] ?? 0) !== 0) === isFirst ? cap : 0n));
}
