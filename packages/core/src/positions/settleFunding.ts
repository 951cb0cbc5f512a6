import { settle } from '../ledger/index.ts';
import { okTimeSince } from '../oracle/index.ts';
import type { EventOf } from '../schema/index.ts';
import { type State, timeMs } from '../state/index.ts';
import { fundingCost, fundingIndexDelta } from './funding.ts';

/** Half of what a cell holds, so that differences of two indexes fit too. */
const INDEX_MAX = 4_611_686_018_427_387_904n;
const INDEX_ONE = 4_294_967_296; // 2^32

/**
 * What a position owes in funding since it was last settled, settlement units; negative: is owed.
 */
export function fundingOwed(state: State, row: number): bigint {
  const { positions, instruments } = state;
  const size = positions.size.get(row);
  if (size === 0) return 0n;
  const instrument = positions.instrument.get(row);
  const delta = instruments.fundingIndex.get(instrument) - positions.fundingIndex.get(row);
  if (delta === 0n) return 0n;
  return fundingCost({ size, v: instruments.multiplier.get(instrument) }, delta);
}

/** The same as a double, unrounded, for margin. */
export function fundingOwedDouble(state: State, row: number): number {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const delta = instruments.fundingIndex.double(instrument) - positions.fundingIndex.double(row);
  if (delta === 0) return 0;
  return (positions.size.get(row) * instruments.multiplier.get(instrument) * delta) / INDEX_ONE;
}

/**
 * Pays or receives the funding of a position and moves it to the present index. Spec: funding 5.
 */
export function settleFunding(state: State, row: number): void {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const cost = fundingOwed(state, row);
  positions.fundingIndex.set(row, instruments.fundingIndex.get(instrument));
  if (cost === 0n) return;
  const account = positions.account.get(row);
  instruments.fundingHeld.add(instrument, cost);
  settle(state, account, -cost);
  const event: EventOf<'fundingPaid'> = { kind: 'fundingPaid', account, instrument, amount: cost };
  state.events.push(event);
}

/**
 * Advances the funding indexes, the time in which indexes were ok and the clocks of locked gains to
 * block time, `elapsedMs` after the last block. Of that time only what the index was ok counts: in
 * a gap, until its evidence went stale. Spec: funding 4, positions 3.
 */
export function advanceFunding(state: State, elapsedMs: number): void {
  const { machine, underlyings, instruments } = state;
  if (elapsedMs === 0) return;
  const sinceMs = timeMs(state) - elapsedMs;
  const underlyingCount = machine.underlyingCount.get(0);
  for (let underlying = 1; underlying <= underlyingCount; underlying++) {
    const okMs = okTimeSince(state, underlying, sinceMs);
    if (okMs > 0) underlyings.okMs.add(underlying, okMs);
  }
  const count = machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    const underlying = instruments.underlying.get(instrument);
    const okMs = okTimeSince(state, underlying, sinceMs);
    if (okMs <= 0) continue;
    if (instruments.deficitMs.get(instrument) === 0) {
      instruments.gainClockMs.add(instrument, okMs);
    }
    const rateNano = instruments.fundingRateNano.get(instrument);
    if (rateNano === 0) continue;
    const index = underlyings.index.get(underlying);
    const moved =
      instruments.fundingIndex.get(instrument) + fundingIndexDelta({ rateNano, okMs, index });
    // Far beyond any life of a market; it must stop funding, not the machine.
    if (moved < INDEX_MAX && moved > -INDEX_MAX) instruments.fundingIndex.set(instrument, moved);
  }
}
