import { prunePosition } from '../positions/index.ts';
import { measureMaintenance, RISK } from '../risk/index.ts';
import { rollbackTo, savepoint } from '../state/index.ts';
import { quoteOnBook } from '../venue/index.ts';
import { type BookFill, fillOnBook, healthOf, isAtTarget } from './bookFill.ts';
import { bankruptcyPrice } from './formulas/bankruptcyPrice.ts';
import { closedFormSize, closeOutOrder, leastSize } from './formulas/closeOutSize.ts';
import { insolventLimitPrice, insolventSizeMax } from './formulas/limitPrice.ts';
import { boundedLots, bufferOf, closingSide, findLeg, type Leg, readLegs } from './leg.ts';
import { bankruptcyLegOf, gapOf, solventLimit } from './limits.ts';
import { insuranceLeft, type Run, reserveInsurance } from './run.ts';

/**
 * Closes the least of a solvent account's legs on the book, in the lawful order, until it is at the
 * target. True when it is. Spec: liquidation 3.
 */
export function closeLeast(run: Run, account: number): boolean {
  const instruments = orderOfLegs(run, account);
  for (const instrument of instruments) {
    // Limits read every leg of the account with its book, for each leg.
    run.work -= instruments.length;
    closeLeg(run, account, instrument);
    measureMaintenance(run.state, account, run.figures);
    if (isAtTarget(run, bufferOf(run.state))) return true;
  }
  return false;
}

function orderOfLegs(run: Run, account: number): number[] {
  const legs = readLegs(run.state, account);
  return closeOutOrder(legs).map((k) => (legs[k] as Leg).instrument);
}

/** One leg of a solvent account: the smallest size that restores it, within depth and limit. */
function closeLeg(run: Run, account: number, instrument: number): void {
  const { state, figures } = run;
  const leg = findLeg(state, account, instrument);
  measureMaintenance(state, account, figures);
  if (leg === undefined || boundedLots(state, leg, leg.size) === 0) return;
  const { limit, bankruptcy } = solventLimit(run, leg, readLegs(state, account));
  const side = closingSide(leg);
  const available = quoteOnBook(state, { instrument, side, lots: leg.size, limit }).lots;
  if (available === 0) return;
  const healthBefore = healthOf(run);
  const restoring = leastRestoring(run, account, { leg, limit, sizeMax: available });
  const lots = boundedLots(state, leg, restoring === 0 ? available : restoring);
  if (lots === 0) return;
  const point = savepoint(state);
  const fill = fillOnBook(run, account, { leg, lots, limit });
  run.work -= fill.steps + 1;
  // I5: what rounding or a step between tiers would take from health is left alone.
  if (fill.lots === 0 || healthOf(run) < healthBefore) {
    rollbackTo(state, point);
    return;
  }
  reportClose(run, account, { leg, fill, limit, bankruptcy, healthBefore });
}

/**
 * By trial on the undo log: the very fills that would be done, so that one lot less is too little.
 */
function leastRestoring(
  run: Run,
  account: number,
  search: { readonly leg: Leg; readonly limit: number; readonly sizeMax: number },
): number {
  const { state, figures } = run;
  const { leg, limit, sizeMax } = search;
  const bufferPpm = bufferOf(state);
  const guess = closedFormSize({
    marginBalance: figures[RISK.marginBalance] as number,
    maintenanceMargin: figures[RISK.maintenance] as number,
    bufferPpm,
    epsilonPpm: leg.epsilonPpm,
    notionalPerLot: leg.markPrice * leg.multiplier,
    sizeMax,
  });
  const restores = (lots: number): boolean => {
    const point = savepoint(state);
    // A trial is as much work as the fill: makers are tested, whether it stays or not.
    run.work -= fillOnBook(run, account, { leg, lots, limit }).steps;
    const isRestored = isAtTarget(run, bufferPpm);
    rollbackTo(state, point);
    return isRestored;
  };
  return leastSize(sizeMax, restores, Math.max(1, guess));
}

/**
 * Closes legs of an account without equity on the book, as far as insurance can pay for the gap to
 * the bankruptcy price; what is left goes to the losses. Spec: liquidation 5.3.
 */
export function closeInsolvent(run: Run, account: number): void {
  for (const instrument of orderOfLegs(run, account)) {
    const { state, figures } = run;
    measureMaintenance(state, account, figures);
    const leg = findLeg(state, account, instrument);
    if (leg === undefined || (figures[RISK.equity] as number) >= 0) continue;
    closeInsolventLeg(run, account, leg);
  }
  measureMaintenance(run.state, account, run.figures);
}

function closeInsolventLeg(run: Run, account: number, leg: Leg): void {
  const { state } = run;
  const { instrument, side, size, multiplier } = leg;
  const healthBefore = healthOf(run);
  const carried = bankruptcyLegOf(run, leg, readLegs(state, account));
  const bankruptcy = bankruptcyPrice(carried);
  const insured = insolventSizeMax({
    side,
    size,
    bankruptcyPrice: bankruptcy,
    limitPrice: insolventLimitPrice(leg),
    multiplier,
    insurance: insuranceLeft(run, instrument),
  });
  // Without insurance only what pays the bankruptcy price itself.
  const limit = insured > 0 ? insolventLimitPrice(leg) : bankruptcy;
  const lots = Math.min(boundedLots(state, leg, size), insured > 0 ? insured : size);
  if (lots === 0) return;
  const fill = fillOnBook(run, account, { leg, lots, limit });
  run.work -= fill.steps + 1;
  if (fill.lots === 0) return;
  reserveInsurance(run, instrument, gapOf(carried, fill));
  reportClose(run, account, { leg, fill, limit, bankruptcy, healthBefore });
}

function reportClose(
  run: Run,
  account: number,
  close: {
    readonly leg: Leg;
    readonly fill: BookFill;
    readonly limit: number;
    readonly bankruptcy: number;
    readonly healthBefore: number;
  },
): void {
  const { leg, fill, limit, bankruptcy, healthBefore } = close;
  const healthAfter = healthOf(run);
  run.state.events.push({
    kind: 'closedOut',
    account,
    instrument: leg.instrument,
    size: fill.lots,
    quote: fill.quote,
    penalty: fill.penalty,
    fee: fill.fee,
    limit,
    bankruptcyPrice: bankruptcy,
    healthBefore,
    healthAfter,
  });
  prunePosition(run.state, account, leg.instrument);
}
