import type { EventOf } from '@plimsoll/core/schema';
import type { CheckContext, Checker } from '../checker.ts';
import { initialOf } from '../margin.ts';
import { sizeIn } from '../reading.ts';

/**
 * I7: whoever pays for a failing market was in it: with a position or a gain still locked there;
 * and principal pays no more than the initial margin of its position.
 */
export const principalChecker: Checker = {
  name: 'principal',
  invariant: 'I7',
  check: (context) => {
    const sentences: string[] = [];
    const principal = new Map<string, bigint>();
    for (const event of context.events) {
      if (event.kind === 'deleveraged') checkHolder(context, event, sentences);
      if (event.kind !== 'lossSocialized' || event.instrument === 0) continue;
      checkExposed(context, event, sentences);
      if (event.step !== 'principal') continue;
      const key = `${event.account} ${event.instrument}`;
      principal.set(key, (principal.get(key) ?? 0n) + event.amount);
    }
    for (const [key, amount] of principal) checkPrincipal(context, { key, amount }, sentences);
    return sentences;
  },
};

function checkExposed(
  { before, events }: CheckContext,
  event: EventOf<'lossSocialized'>,
  sentences: string[],
): void {
  const { account, instrument } = event;
  const row = before.accounts[account]?.positions.find((each) => each.instrument === instrument);
  const wasIn = row !== undefined && (row.size !== 0 || row.lockedGain > 0n);
  const hasTraded = events.some(
    (each) =>
      each.kind === 'filled' &&
      each.instrument === instrument &&
      (each.taker === account || each.maker === account),
  );
  if (!wasIn && !hasTraded) {
    sentences.push(`account ${account} paid for instrument ${instrument} without being in it`);
  }
}

function checkHolder(
  { before, events }: CheckContext,
  event: EventOf<'deleveraged'>,
  sentences: string[],
): void {
  const { account, bankrupt, instrument } = event;
  const hasTraded = events.some(
    (each) =>
      each.kind === 'filled' &&
      each.instrument === instrument &&
      [account, bankrupt].some((one) => each.taker === one || each.maker === one),
  );
  if (hasTraded) return;
  const held = sizeIn(before.accounts[account], instrument);
  const owed = sizeIn(before.accounts[bankrupt], instrument);
  if (held === 0 || held > 0 === owed > 0) {
    sentences.push(`account ${account} (${held}) was closed against ${bankrupt} (${owed})`);
  }
}

function checkPrincipal(
  { state, after }: CheckContext,
  paid: { readonly key: string; readonly amount: bigint },
  sentences: string[],
): void {
  const [account = 0, instrument = 0] = paid.key.split(' ').map(Number);
  const rows = after.accounts[account];
  const lots = Math.abs(sizeIn(rows, instrument));
  const { markPrice, multiplier } = state.instruments;
  const notional = lots * markPrice.get(instrument) * multiplier.get(instrument);
  const ownRatePpm = rows?.ownRatePpm ?? 0;
  const most = initialOf(state, instrument, { notional, ownRatePpm });
  if (Number(paid.amount) > most * (1 + 1e-9) + 1) {
    sentences.push(`account ${account} paid ${paid.amount} of principal, at most ${most} is due`);
  }
}
