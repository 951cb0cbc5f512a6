import { AMOUNT_MAX, drawFund, drawPool } from '../ledger/index.ts';
import { rollbackTo, type State, savepoint } from '../state/index.ts';

// What pools could pay now, by drawing on the undo log: the ledger's own rule, and no second one.

/** What a market's pool can pay now, within its rolling cap; settlement units. */
export function poolAvailable(state: State, instrument: number): bigint {
  const point = savepoint(state);
  const drawn = drawPool(state, instrument, AMOUNT_MAX);
  rollbackTo(state, point);
  return drawn;
}

/** What the shared fund can pay now for a market (0: for a lending market), within all its caps. */
export function fundAvailable(state: State, instrument: number): bigint {
  const point = savepoint(state);
  const drawn = drawFund(state, instrument, AMOUNT_MAX);
  rollbackTo(state, point);
  return drawn;
}
