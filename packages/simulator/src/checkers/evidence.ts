import { oracleViolations } from '@plimsoll/core/oracle';
import { INDEX_STATUS, SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { CheckContext, Checker } from './checker.ts';
import { isSame } from './liquidations.ts';
import { standingOf, underlyingsOf } from './margin.ts';
import type { AccountRows } from './reading.ts';

/**
 * I9: nobody's position grows where the index is not ok; nothing leaves an account that depends on
 * an index which is not ok; a liquidation begins only below maintenance, and not in a grace while
 * there is equity; and the prices themselves hold what the oracle says of them.
 */
export const evidenceChecker: Checker = {
  name: 'evidence',
  invariant: 'I9',
  check: (context) => {
    const sentences = priceSentences(context);
    checkOpens(context, sentences);
    for (const event of context.events) {
      if (event.kind === 'withdrawalRequested' || event.kind === 'transferred') {
        checkLeaving(context, event, sentences);
      }
      if (event.kind === 'poolFunded') {
        checkLeaving(context, { account: event.account, asset: SETTLEMENT_ASSET }, sentences);
      }
      if (event.kind === 'liquidationStarted') {
        if (event.health >= 0) {
          sentences.push(`account ${event.account} was liquidated with health ${event.health}`);
        }
        checkStarted(context, event.account, sentences);
      }
    }
    return sentences;
  },
};

/** A second block of the same time says nothing of what was accepted in the first. */
function priceSentences({ state, before, after }: CheckContext): string[] {
  if (before.timeMs === after.timeMs) return [];
  return oracleViolations(state).map(
    ({ claim, facts }) => `${claim}: ${JSON.stringify(facts, plain)}`,
  );
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

function isOk(state: State, underlying: number): boolean {
  return underlying === 0 || state.underlyings.status.get(underlying) === INDEX_STATUS.ok;
}

function checkOpens({ state, before, after, events }: CheckContext, sentences: string[]): void {
  for (const event of events) {
    if (event.kind !== 'filled') continue;
    const { instrument } = event;
    if (isOk(state, state.instruments.underlying.get(instrument))) continue;
    for (const account of [event.taker, event.maker]) {
      const was = sizeOf(before.accounts[account], instrument);
      const is = sizeOf(after.accounts[account], instrument);
      const hasGrown = Math.abs(is) > Math.abs(was) || was * is < 0;
      if (hasGrown) {
        sentences.push(`account ${account} went from ${was} to ${is} lots without an ok index`);
      }
    }
  }
}

function sizeOf(rows: AccountRows | undefined, instrument: number): number {
  return rows?.positions.find((row) => row.instrument === instrument)?.size ?? 0;
}

/**
 * The asset that leaves, and what is owed: an asset that an account owed before the block and owes
 * after it, it owed when the money left. Who has no risk may take what it wants.
 */
function checkLeaving(
  { state, before, after }: CheckContext,
  left: { readonly account: number; readonly asset: number },
  sentences: string[],
): void {
  const { account, asset } = left;
  const was = before.accounts[account];
  const is = after.accounts[account];
  if (was === undefined || is === undefined || !hasRisk(was) || !hasRisk(is)) return;
  const owes = (rows: AccountRows, each: number): boolean =>
    rows.balances.some((row) => row.asset === each && row.debtShares > 0n);
  const owed = is.balances.map((row) => row.asset).filter((each) => owes(was, each));
  for (const each of [asset, ...owed.filter((one) => owes(is, one))]) {
    if (isOk(state, state.assets.underlying.get(each))) continue;
    sentences.push(`money left account ${account} while the index of asset ${each} is not ok`);
  }
}

function hasRisk(rows: AccountRows): boolean {
  return (
    rows.positions.some((row) => row.size !== 0) || rows.balances.some((row) => row.debtShares > 0n)
  );
}

/** For who did nothing in the block: health on lawful evidence by the rows of before. */
function checkStarted(context: CheckContext, account: number, sentences: string[]): void {
  const { state, before, events } = context;
  const rows = before.accounts[account];
  const acted = events.some((event) => {
    const record: { readonly [field: string]: unknown } = event;
    const fields = ['account', 'to', 'taker', 'maker', 'bankrupt'];
    return event.kind !== 'liquidationStarted' && fields.some((field) => record[field] === account);
  });
  if (acted || rows === undefined || !isSame(rows, context.after.accounts[account] ?? rows)) return;
  for (const mark of ['markPrice', 'indexMark'] as const) {
    const { health, slack } = standingOf(state, rows, { mark, isFavorable: true });
    if (health > slack) {
      sentences.push(`account ${account} was liquidated with health ${health} at its ${mark}`);
    }
  }
  const now = state.machine.timeMs.get(0);
  const isSpared = underlyingsOf(state, rows).some(
    (underlying) => state.underlyings.graceUntilMs.get(underlying) > now,
  );
  const { equity, slack } = standingOf(state, rows);
  if (isSpared && equity > slack) {
    sentences.push(`account ${account} was liquidated in a grace with equity ${equity}`);
  }
}
