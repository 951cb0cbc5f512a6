import { amountOf } from '../math/index.ts';
import { globalParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { globalParameter, type State, timeMs } from '../state/index.ts';
import type { F64Column } from '../store/index.ts';
import { type Bankrupt, partOf } from './bankrupt.ts';

// A deficit that waits for budget is open: it freezes locked gains and the withdrawals of those
// exposed, if it is large enough, and not for long. Spec: waterfall 7.

const PPM = 1_000_000n;

/** Whether an open deficit has waited so long that all are settled now, whatever the budget. */
export function isSettlementForced(state: State): boolean {
  const oldest = globalParameter(state, globalParameters.deficitBlockMs);
  const isOver = (sinceMs: number): boolean => sinceMs > 0 && timeMs(state) - sinceMs >= oldest;
  const { instruments, assets, machine } = state;
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    if (isOver(instruments.deficitMs.get(instrument))) return true;
  }
  for (let asset = SETTLEMENT_ASSET; asset <= machine.assetCount.get(0); asset++) {
    if (isOver(assets.deficitMs.get(asset))) return true;
  }
  return false;
}

/**
 * Marks the markets in which the deficits that wait are above the threshold, and clears the others.
 */
export function markDeficits(state: State, waiting: readonly Bankrupt[]): void {
  if (waiting.length === 0) {
    clearDeficits(state);
    return;
  }
  const { instruments, assets, machine } = state;
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    const deficit = sumOfParts(waiting, { instrument, asset: 0 });
    const isOpen = isAboveThreshold(state, deficit, instruments.pool.get(instrument));
    mark(state, instruments.deficitMs, { row: instrument, isOpen });
  }
  for (let asset = SETTLEMENT_ASSET; asset <= machine.assetCount.get(0); asset++) {
    const deficit = sumOfParts(waiting, { instrument: 0, asset });
    const isOpen = isAboveThreshold(state, deficit, machine.fund.get(0));
    mark(state, assets.deficitMs, { row: asset, isOpen });
  }
}

function clearDeficits(state: State): void {
  const { instruments, assets, machine } = state;
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    instruments.deficitMs.set(instrument, 0);
  }
  for (let asset = SETTLEMENT_ASSET; asset <= machine.assetCount.get(0); asset++) {
    assets.deficitMs.set(asset, 0);
  }
}

function sumOfParts(
  waiting: readonly Bankrupt[],
  market: { readonly instrument: number; readonly asset: number },
): bigint {
  return waiting.reduce((sum, bankrupt) => sum + partOf(bankrupt, market), 0n);
}

function isAboveThreshold(state: State, deficit: bigint, pool: bigint): boolean {
  const threshold = globalParameter(state, globalParameters.deficitThresholdPpm);
  return deficit * PPM > pool * amountOf(threshold);
}

function mark(
  state: State,
  column: F64Column,
  deficit: { readonly row: number; readonly isOpen: boolean },
): void {
  const { row, isOpen } = deficit;
  if (!isOpen) column.set(row, 0);
  else if (column.get(row) === 0) column.set(row, timeMs(state));
}
