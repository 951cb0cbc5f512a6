import { type EventOf, globalParameters } from '@plimsoll/core/schema';
import { globalParameter, type State } from '@plimsoll/core/state';
import type { CheckContext, Checker } from '../checker.ts';
import type { PositionRow } from '../reading.ts';
import { sizeIn } from '../reading.ts';

/**
 * I8: ADL leaves no lot of a bankrupt account open and closes none twice; who closes at mark is not
 * charged, and nobody is charged, in ADL and socialized gains together, more than the gain there
 * was.
 */
export const deleveragingChecker: Checker = {
  name: 'deleveraging',
  invariant: 'I8',
  check: (context) => {
    const sentences: string[] = [];
    const closed = new Map<string, number>();
    const charged = new Map<string, bigint>();
    for (const event of context.events) {
      if (event.kind === 'lossSocialized' && event.step === 'gains') {
        add(charged, `${event.account} ${event.instrument}`, event.amount);
      }
      if (event.kind !== 'deleveraged') continue;
      const { bankrupt, account, instrument, charge, pass } = event;
      if ((pass === 0 || pass === 3) && charge !== 0n) {
        sentences.push(`account ${account} was charged ${charge} in pass ${pass}`);
      }
      addMoved(closed, event);
      add(charged, `${account} ${instrument}`, charge);
      if (sizeIn(context.after.accounts[bankrupt], instrument) !== 0) {
        sentences.push(`account ${bankrupt} still holds instrument ${instrument} after ADL`);
      }
    }
    for (const [key, lots] of closed) checkLots(context, { key, lots }, sentences);
    for (const [key, amount] of charged) checkCharge(context, { key, amount }, sentences);
    return sentences;
  },
};

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

/** Lots that each side gave up. */
function addMoved(closed: Map<string, number>, event: EventOf<'deleveraged'>): void {
  for (const account of [event.bankrupt, event.account]) {
    const key = `${account} ${event.instrument}`;
    closed.set(key, (closed.get(key) ?? 0) + event.size);
  }
}

/** Size before, the fills of the block and what ADL closed make the size after. */
function checkLots(
  { before, after, events }: CheckContext,
  moved: { readonly key: string; readonly lots: number },
  sentences: string[],
): void {
  const [account = 0, instrument = 0] = moved.key.split(' ').map(Number);
  let size = sizeIn(before.accounts[account], instrument);
  for (const event of events) {
    if (event.kind !== 'filled' || event.instrument !== instrument) continue;
    const bought = event.takerSide === 'buy' ? event.size : -event.size;
    if (event.taker === account) size += bought;
    if (event.maker === account) size -= bought;
  }
  const left = sizeIn(after.accounts[account], instrument);
  const isExact = Math.abs(size) - moved.lots === Math.abs(left) && size * left >= 0;
  if (!isExact) {
    sentences.push(`account ${account} held ${size}, ADL closed ${moved.lots}, ${left} are left`);
  }
}

/** For who did not trade in the block the gain is that of the rows before, at the present mark. */
function checkCharge(
  { before, events, state }: CheckContext,
  charge: { readonly key: string; readonly amount: bigint },
  sentences: string[],
): void {
  const [account = 0, instrument = 0] = charge.key.split(' ').map(Number);
  const hasTraded = events.some(
    (event) =>
      event.kind === 'filled' &&
      event.instrument === instrument &&
      (event.taker === account || event.maker === account),
  );
  const row = before.accounts[account]?.positions.find((each) => each.instrument === instrument);
  if (hasTraded || row === undefined) return;
  const gain = gainOf(state, row);
  if (charge.amount > gain) {
    sentences.push(
      `account ${account} was charged ${charge.amount} of a gain of ${gain} in ${instrument}`,
    );
  }
}

/** max(0, u + L), L by its window. */
function gainOf(state: State, row: PositionRow): bigint {
  const { markPrice, multiplier, gainClockMs } = state.instruments;
  const { instrument, size, entry } = row;
  const perLot = BigInt(markPrice.get(instrument)) * BigInt(multiplier.get(instrument));
  const unrealized = size === 0 ? 0n : BigInt(size) * perLot - entry;
  const windowMs = globalParameter(state, globalParameters.gainLockMs);
  const leftMs = windowMs - (gainClockMs.get(instrument) - row.lockedMs);
  const locked =
    leftMs <= 0 ? 0n : (row.lockedGain * BigInt(leftMs) + BigInt(windowMs) - 1n) / BigInt(windowMs);
  const gain = unrealized + locked;
  return gain > 0n ? gain : 0n;
}
