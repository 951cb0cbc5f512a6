import { broken } from '../math/index.ts';
import { globalParameters } from '../schema/index.ts';
import { findPosition, globalParameter, type State } from '../state/index.ts';
import { lockedGainAfter } from './lockedGain.ts';

/**
 * The account's row for an instrument, made if there is none: −1 when the account can hold no more.
 * Rows of the account move: row numbers read before are void.
 */
export function ensurePosition(state: State, account: number, instrument: number): number {
  const row = findPosition(state, account, instrument);
  if (row >= 0) return row;
  if (!state.slabs.positions.hasRoom(account)) {
    pruneAll(state, account);
    if (!state.slabs.positions.hasRoom(account)) return -1;
  }
  const made = state.slabs.positions.insert(account, instrument);
  state.positions.fundingIndex.set(made, state.instruments.fundingIndex.get(instrument));
  return made;
}

/** Removes the account's row for an instrument if it holds nothing any more. */
export function prunePosition(state: State, account: number, instrument: number): void {
  const row = findPosition(state, account, instrument);
  if (row >= 0 && isEmpty(state, row)) state.slabs.positions.remove(account, row);
}

/** The gain of a row that is still locked, in settlement units (rule F0). Spec: positions 3. */
export function lockedGainNow(state: State, row: number): bigint {
  const amount = state.positions.lockedGain.get(row);
  if (amount <= 0n) return 0n;
  const instrument = state.positions.instrument.get(row);
  return lockedGainAfter(amount, {
    elapsedMs: state.instruments.gainClockMs.get(instrument) - state.positions.lockedMs.get(row),
    windowMs: globalParameter(state, globalParameters.gainLockMs),
  });
}

function isEmpty(state: State, row: number): boolean {
  const { positions } = state;
  const holdsNothing =
    positions.size.get(row) === 0 &&
    positions.ordersHead.get(row) === 0 &&
    positions.frozenMaintenance.get(row) === 0 &&
    lockedGainNow(state, row) === 0n;
  // A removal is a move in the log, which conservation does not read: an entry would be lost
  // unseen.
  if (holdsNothing && positions.entry.get(row) !== 0n) {
    broken('a position without lots has no entry', { account: positions.account.get(row) });
  }
  return holdsNothing;
}

function pruneAll(state: State, account: number): void {
  const { positionBase, positionCount } = state.accounts;
  for (let k = positionCount.get(account) - 1; k >= 0; k--) {
    const row = positionBase.get(account) + k;
    if (isEmpty(state, row)) state.slabs.positions.remove(account, row);
  }
}
