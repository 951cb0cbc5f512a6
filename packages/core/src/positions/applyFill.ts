import { settle } from '../ledger/index.ts';
import { amountOf, assert, mulDivDown } from '../math/index.ts';
import { findPosition, type State } from '../state/index.ts';
import { lockRealized } from './lockedGain.ts';
import { lockedGainNow } from './position.ts';
import { closeLots } from './realize.ts';
import { settleFunding } from './settleFunding.ts';

/** One side of a trade. */
export interface Fill {
  readonly account: number;
  readonly instrument: number;
  /** Signed: bought positive. */
  readonly lots: number;
  /** What was paid or received in all, settlement units, > 0. */
  readonly quote: bigint;
}

/**
 * Books one side of a trade: funding is settled first, what is opposite closes and its realized
 * gain or loss moves through the balance, the rest opens. The account has a row for the instrument.
 * A quote that closes and opens splits by lots, which is exact for a trade at one price. Spec:
 * positions 1, 2.
 */
export function applyFill(state: State, fill: Fill): void {
  const { positions, instruments } = state;
  const row = findPosition(state, fill.account, fill.instrument);
  assert(row >= 0, 'a fill finds a row for its position', { account: fill.account });
  settleFunding(state, row);
  const size = positions.size.get(row);
  const filled = Math.abs(fill.lots);
  const isOpposite = size !== 0 && size > 0 !== fill.lots > 0;
  const closedLots = isOpposite ? Math.min(Math.abs(size), filled) : 0;
  let opened = fill.quote;
  if (closedLots > 0) {
    const closed =
      closedLots === filled
        ? fill.quote
        : mulDivDown(fill.quote, amountOf(closedLots), amountOf(filled));
    opened = fill.quote - closed;
    bookClose(state, row, { lots: closedLots, quote: closed });
  }
  if (filled > closedLots) {
    positions.entry.add(row, fill.lots > 0 ? opened : -opened);
  }
  const after = size + fill.lots;
  positions.size.set(row, after);
  const longLots = Math.max(0, after) - Math.max(0, size);
  if (longLots !== 0) instruments.openInterest.add(fill.instrument, longLots);
}

function bookClose(
  state: State,
  row: number,
  close: { readonly lots: number; readonly quote: bigint },
): void {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const position = { size: positions.size.get(row), entry: positions.entry.get(row) };
  const { entry, realized } = closeLots(position, close);
  positions.entry.set(row, entry);
  if (realized === 0n) return;
  const left = lockedGainNow(state, row);
  positions.lockedGain.set(row, lockRealized(left, realized));
  positions.lockedMs.set(row, instruments.gainClockMs.get(instrument));
  instruments.realizedTotal.add(instrument, realized);
  settle(state, positions.account.get(row), realized);
}
