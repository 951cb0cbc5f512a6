import { SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { CheckContext, Checker } from './checker.ts';

/** I1: per asset, what is there is what is claimed, counted row by row. */
export const conservationChecker: Checker = {
  name: 'conservation',
  invariant: 'I1',
  check: (context) => {
    const { state } = context;
    const sentences: string[] = [];
    for (let asset = 1; asset <= state.machine.assetCount.get(0); asset++) {
      checkAsset(context, asset, sentences);
    }
    return sentences;
  },
};

function checkAsset({ state, after }: CheckContext, asset: number, sentences: string[]): void {
  const { assets, instruments, machine } = state;
  let held = 0n;
  let debtShares = 0n;
  let supplyShares = 0n;
  for (const { account, balances } of after.accounts) {
    for (const row of balances) {
      if (row.asset !== asset) continue;
      if (row.amount < 0n || row.debtShares < 0n || row.supplyShares < 0n) {
        sentences.push(`account ${account} holds a negative balance of asset ${asset}`);
      }
      held += row.amount;
      debtShares += row.debtShares;
      supplyShares += row.supplyShares;
    }
  }
  let there = assets.custody.get(asset) + assets.borrowTotal.get(asset) + assets.badDebt.get(asset);
  let claimed = held + assets.supplyTotal.get(asset) + assets.inFlight.get(asset);
  claimed += assets.fees.get(asset) + assets.dust.get(asset) + assets.fundHeld.get(asset);
  if (asset === SETTLEMENT_ASSET) {
    for (const { positions } of after.accounts) for (const row of positions) there += row.entry;
    claimed += machine.fund.get(0);
    for (let market = 1; market <= machine.instrumentCount.get(0); market++) {
      there += instruments.badDebt.get(market);
      claimed += instruments.pool.get(market) + instruments.fundingHeld.get(market);
    }
  }
  if (there !== claimed) {
    sentences.push(`asset ${asset}: there is ${there}, claimed are ${claimed}`);
  }
  if (debtShares !== assets.borrowShares.get(asset)) {
    sentences.push(`asset ${asset}: debt shares sum to ${debtShares}, not to the total`);
  }
  if (supplyShares !== assets.supplyShares.get(asset)) {
    sentences.push(`asset ${asset}: supply shares sum to ${supplyShares}, not to the total`);
  }
  const amounts = ['custody', 'borrowTotal', 'badDebt', 'supplyTotal', 'inFlight', 'fees', 'dust'];
  for (const name of [...amounts, 'fundHeld'] as (keyof typeof assets)[]) {
    const column = assets[name];
    const amount = column.get(asset);
    if (amount < 0) sentences.push(`asset ${asset}: ${name} is ${amount}`);
  }
}
