import type { EventOf } from '@plimsoll/core/schema';
import type { CheckContext, Checker } from '../checker.ts';
import { sizeIn } from '../reading.ts';

/**
 * I5: a close-out never lowers the health of a solvent account, only reduces, trades within its
 * limit and takes no more penalty than the fees of F9.
 */
export const closeOutsChecker: Checker = {
  name: 'closeOuts',
  invariant: 'I5',
  check: (context) => {
    const sentences: string[] = [];
    const insolvent = insolventAccounts(context);
    for (const event of context.events) {
      if (event.kind === 'closedOut') checkCloseOut(context, event, { insolvent, sentences });
    }
    return sentences;
  },
};

/** Accounts that had no equity at some point of the block: their loss is others' to limit. */
function insolventAccounts({ events }: CheckContext): Set<number> {
  const found = new Set<number>();
  for (const event of events) {
    if (event.kind === 'liquidationStarted' && event.equity <= 0) found.add(event.account);
    if (event.kind === 'deficitOpened') found.add(event.account);
  }
  return found;
}

function checkCloseOut(
  { before, state, events }: CheckContext,
  event: EventOf<'closedOut'>,
  found: { readonly insolvent: Set<number>; readonly sentences: string[] },
): void {
  const { account, instrument, size, limit, healthBefore, healthAfter } = event;
  const where = `account ${account} in instrument ${instrument}`;
  const isSolvent = !found.insolvent.has(account) && isSolventNow(state, account);
  if (isSolvent && healthAfter < healthBefore) {
    found.sentences.push(
      `${where}: a close-out took health from ${healthBefore} to ${healthAfter}`,
    );
  }
  const fills = events.filter(
    (each): each is EventOf<'filled'> =>
      each.kind === 'filled' &&
      each.isLiquidation &&
      each.taker === account &&
      each.instrument === instrument,
  );
  const lots = fills.reduce((sum, fill) => sum + fill.size, 0);
  const closed = events.reduce((sum, each) => {
    const isSame =
      each.kind === 'closedOut' && each.account === account && each.instrument === instrument;
    return isSame ? sum + each.size : sum;
  }, 0);
  if (lots !== closed) {
    found.sentences.push(`${where}: ${closed} lots were closed out, ${lots} traded`);
  }
  for (const fill of fills) {
    const isOutside = fill.takerSide === 'sell' ? fill.price < limit : fill.price > limit;
    if (isOutside) found.sentences.push(`${where}: filled at ${fill.price}, limit ${limit}`);
  }
  const traded = events.some(
    (each) =>
      each.kind === 'filled' &&
      !each.isLiquidation &&
      each.instrument === instrument &&
      (each.taker === account || each.maker === account),
  );
  const held = sizeIn(before.accounts[account], instrument);
  if (!traded && size > Math.abs(held)) {
    found.sentences.push(`${where}: ${size} lots were closed of ${held}`);
  }
}

/** Equity by the rows that the account is left with: what was solvent at the end was before. */
function isSolventNow(state: CheckContext['state'], account: number): boolean {
  return state.accounts.liquidationStage.get(account) !== 2;
}
