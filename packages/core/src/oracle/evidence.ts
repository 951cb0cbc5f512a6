import { INDEX_STATUS } from '../schema/index.ts';
import { type State, timeMs } from '../state/index.ts';

/** What is to be done at a price; each needs its own evidence. */
export type Purpose = 'open' | 'withdraw' | 'liquidate' | 'reduce';

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

/**
 * Whether the evidence on an underlying allows an action (invariant I9). New risk and what leaves
 * need an ok index. A liquidation needs an index; beyond ok it is judged at the favourable end of
 * the plausible range, and not during a grace. A reduction needs none. Spec: oracle 4.2, 9.7.
 */
export function allowsPrice(state: State, underlying: number, purpose: Purpose): boolean {
  switch (purpose) {
    case 'open':
    case 'withdraw':
      return isIndexOk(state, underlying);
    case 'liquidate':
      return hasIndex(state, underlying);
    case 'reduce':
      return true;
  }
}

/** Whether accounts that hold the underlying are spared now, equity below zero excepted. */
export function isInGrace(state: State, underlying: number): boolean {
  return underlying !== 0 && timeMs(state) < state.underlyings.graceUntilMs.get(underlying);
}
