import { least, positive, settle } from '../ledger/index.ts';
import { amountDown } from '../math/index.ts';
import { gainOf, lockedGainNow } from '../positions/index.ts';
import { measureMaintenance, RISK } from '../risk/index.ts';
import { findPosition, type State } from '../state/index.ts';
import { unrealizedOf } from './bankrupt.ts';

/** G of an account in an instrument: max(0, u + L) (rule F0). */
export function gainIn(state: State, account: number, instrument: number): bigint {
  const row = findPosition(state, account, instrument);
  return row < 0 ? 0n : gainOf(unrealizedOf(state, row), lockedGainNow(state, row));
}

/** E of an account in units, down. */
export function equityDown(state: State, account: number): bigint {
  const figures = state.scratch;
  measureMaintenance(state, account, figures);
  return amountDown(figures[RISK.equity] as number);
}

/**
 * Takes an amount of at most G off an account's gain in an instrument: first what is realized and
 * still locked, in money; the rest off what is unrealized, by moving the entry. G falls by exactly
 * the amount, so that no gain pays twice, and nobody has to borrow for a gain on paper. The money
 * goes to the bankrupt side as realized. Spec: waterfall 4.7.
 */
export function chargeGain(
  state: State,
  account: number,
  charge: { readonly instrument: number; readonly amount: bigint },
): void {
  const { positions, instruments } = state;
  const { instrument, amount } = charge;
  const row = findPosition(state, account, instrument);
  const locked = lockedGainNow(state, row);
  const fromLocked = least(locked, amount);
  const open = amount - fromLocked;
  const fromPosition = least(open, positive(unrealizedOf(state, row)));
  if (fromLocked > 0n) {
    positions.lockedGain.set(row, locked - fromLocked);
    positions.lockedMs.set(row, instruments.gainClockMs.get(instrument));
  }
  if (fromPosition > 0n) {
    positions.entry.add(row, fromPosition);
    instruments.realizedTotal.add(instrument, fromPosition);
  }
  // A gain that was realized just now and is not locked (a window of 0) is in the balance already.
  const fromBalance = amount - fromPosition;
  if (fromBalance > 0n) settle(state, account, -fromBalance);
}
