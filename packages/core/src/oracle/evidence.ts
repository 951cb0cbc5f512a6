import { INDEX_STATUS } from '../schema/index.ts';
import { type State, timeMs } from '../state/index.ts';

/** Whether the frozen index of an underlying is ok. Underlying 0 is the settlement asset itself. */
export function isIndexOk(state: State, underlying: number): boolean {
  return underlying === 0 || state.underlyings.status.get(underlying) === INDEX_STATUS.ok;
}

/** Whether the underlying of an asset is ok: what a withdrawal needs of every asset involved. */
export function isAssetOk(state: State, asset: number): boolean {
  return isIndexOk(state, state.assets.underlying.get(asset));
}

/** Whether the underlying ever had an index, so that a value in it means something. */
export function hasIndex(state: State, underlying: number): boolean {
  return underlying === 0 || state.underlyings.status.get(underlying) !== INDEX_STATUS.none;
}

/** Whether accounts that hold the underlying are spared now, equity below zero excepted. */
export function isInGrace(state: State, underlying: number): boolean {
  return underlying !== 0 && timeMs(state) < state.underlyings.graceUntilMs.get(underlying);
}
