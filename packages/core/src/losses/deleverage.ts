import { cutAt, split } from '../ledger/index.ts';
import { amountOf, exactNotional } from '../math/index.ts';
import { applyFill } from '../positions/index.ts';
import type { State } from '../state/index.ts';
import { sizeOf } from '../venue/index.ts';
import { type Bankrupt, partOf } from './bankrupt.ts';
import { divideAdl } from './divideAdl.ts';
import { chargeGain } from './gains.ts';

/** A failing instrument in a block. */
export interface FailingMarket {
  readonly instrument: number;
  /** The bankrupt accounts with a part in it, ascending. */
  readonly bankrupts: readonly Bankrupt[];
  /** Everybody else in it, ascending. */
  readonly holders: readonly number[];
  /** What pools have not paid, settlement units. */
  readonly unpaid: bigint;
}

/** Lots of a bankrupt account that are still open. */
interface Residual {
  readonly account: number;
  /** Its part of the market's deficit. */
  readonly deficit: bigint;
  lots: number;
}

/**
 * Closes all positions of bankrupt accounts in an instrument at mark: bankrupt longs against
 * bankrupt shorts first, the rest against holders of the other side, who pay what pools have not
 * out of their gains. Returns the loss that is left to be socialized. Spec: waterfall 4.
 */
export function deleverageMarket(state: State, market: FailingMarket): bigint {
  const longs = residualsOf(state, market, 1);
  const shorts = residualsOf(state, market, -1);
  const longDeficit = deficitOf(longs);
  const shortDeficit = deficitOf(shorts);
  cross(state, market.instrument, { longs, shorts });
  const isLong = lotsOf(longs) > 0;
  const residuals = isLong ? longs : shorts;
  const lots = lotsOf(residuals);
  if (lots === 0) return market.unpaid;
  const own = isLong ? longDeficit : shortDeficit;
  const total = market.bankrupts.reduce((sum, each) => sum + partOf(each, keyOf(market)), 0n);
  const [deficit = 0n] = total === 0n ? [] : split(market.unpaid, [own, total - own]);
  const unpaid = closeAgainstHolders(state, market, { residuals, lots, deficit, isLong });
  return market.unpaid - deficit + unpaid;
}

function keyOf(market: FailingMarket): { instrument: number; asset: number } {
  return { instrument: market.instrument, asset: 0 };
}

function residualsOf(state: State, market: FailingMarket, side: 1 | -1): Residual[] {
  const residuals: Residual[] = [];
  for (const bankrupt of market.bankrupts) {
    const { account } = bankrupt;
    const lots = side * sizeOf(state, account, market.instrument);
    if (lots > 0) residuals.push({ account, lots, deficit: partOf(bankrupt, keyOf(market)) });
  }
  return residuals;
}

function deficitOf(residuals: readonly Residual[]): bigint {
  return residuals.reduce((sum, residual) => sum + residual.deficit, 0n);
}

function lotsOf(residuals: readonly Residual[]): number {
  return residuals.reduce((sum, residual) => sum + residual.lots, 0);
}

/** Bankrupt longs and shorts close against each other: nobody else needs to give up a position. */
function cross(
  state: State,
  instrument: number,
  sides: { readonly longs: readonly Residual[]; readonly shorts: readonly Residual[] },
): void {
  const { longs, shorts } = sides;
  let k = 0;
  for (const long of longs) {
    while (long.lots > 0 && k < shorts.length) {
      const short = shorts[k] as Residual;
      const lots = Math.min(long.lots, short.lots);
      if (lots > 0) {
        const pair = { instrument, bankrupt: long, account: short.account, lots };
        trade(state, { ...pair, charge: 0n, pass: 0 });
        short.lots -= lots;
      }
      if (short.lots === 0) k += 1;
    }
  }
}

interface Side {
  readonly residuals: readonly Residual[];
  readonly lots: number;
  readonly deficit: bigint;
  readonly isLong: boolean;
}

/** Exact ADL of one side; what of its deficit no gain has paid. */
function closeAgainstHolders(state: State, market: FailingMarket, side: Side): bigint {
  const { instrument } = market;
  const sign = side.isLong ? -1 : 1;
  const opposite = market.holders.filter(
    (account) => sign * sizeOf(state, account, instrument) > 0,
  );
  const { lots, deficit } = side;
  const { goesFirst, result } = divideAdl(state, { instrument, lots, deficit }, opposite);
  let next = 0;
  const close = (account: number, part: { lots: number; charge: bigint; pass: number }): void => {
    next = closePart(state, { instrument, residuals: side.residuals, next, account, ...part });
  };
  opposite.forEach((account, i) => {
    const charge = result.charges[i] ?? 0n;
    close(account, { lots: result.closed[i] ?? 0, charge, pass: goesFirst[i] === 1 ? 1 : 2 });
    close(account, { lots: result.closedAtMark[i] ?? 0, charge: 0n, pass: 3 });
    if (charge > 0n) chargeGain(state, account, { instrument, amount: charge });
  });
  return result.unpaid;
}

/**
 * Closes lots of a holder against the residuals in order, from the one at `next`; the new `next`.
 */
function closePart(
  state: State,
  part: {
    readonly instrument: number;
    readonly residuals: readonly Residual[];
    readonly next: number;
    readonly account: number;
    readonly lots: number;
    readonly charge: bigint;
    readonly pass: number;
  },
): number {
  const { instrument, residuals, account, charge, pass } = part;
  let { next } = part;
  let done = 0;
  while (done < part.lots) {
    const bankrupt = residuals[next] as Residual;
    const lots = Math.min(part.lots - done, bankrupt.lots);
    const total = amountOf(part.lots);
    const charged =
      cutAt(charge, amountOf(done + lots), total) - cutAt(charge, amountOf(done), total);
    trade(state, { instrument, bankrupt, account, lots, charge: charged, pass });
    done += lots;
    if (bankrupt.lots === 0) next += 1;
  }
  return next;
}

/** One pair at mark. */
function trade(
  state: State,
  pair: {
    readonly instrument: number;
    readonly bankrupt: Residual;
    readonly account: number;
    readonly lots: number;
    readonly charge: bigint;
    readonly pass: number;
  },
): void {
  const { instrument, bankrupt, account, lots, charge, pass } = pair;
  const { markPrice, multiplier } = state.instruments;
  const quote = exactNotional(lots, markPrice.get(instrument), multiplier.get(instrument));
  const signed = sizeOf(state, bankrupt.account, instrument) > 0 ? -lots : lots;
  applyFill(state, { account: bankrupt.account, instrument, lots: signed, quote });
  applyFill(state, { account, instrument, lots: -signed, quote });
  bankrupt.lots -= lots;
  state.events.push({
    kind: 'deleveraged',
    instrument,
    bankrupt: bankrupt.account,
    account,
    size: lots,
    quote,
    charge,
    pass,
  });
}
