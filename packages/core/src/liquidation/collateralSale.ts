import { balanceAmount, debtDouble, debtOf, least, suppliedDouble } from '../ledger/index.ts';
import { amountOf } from '../math/index.ts';
import { isAssetOk } from '../oracle/index.ts';
import { measureMaintenance } from '../risk/index.ts';
import { assetParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { assetParameter, rollbackTo, type State, savepoint } from '../state/index.ts';
import { amountFor } from './assetValue.ts';
import { healthOf, isAtTarget } from './bookFill.ts';
import { buyableAmount, otherAssets, repayFromFund, sellToFund } from './fundTrade.ts';
import { bufferOf } from './leg.ts';
import type { Run } from './run.ts';

const PPM = 1_000_000;

/**
 * Restores an account without positions: sells the least collateral to the shared fund below index,
 * then buys what it owes from what the fund holds. True when it is at the target. No trade lowers
 * its health. Spec: liquidation 6.
 */
export function tradeWithFund(run: Run, account: number): boolean {
  const { state } = run;
  for (const asset of saleOrder(state, account)) {
    const factorPpm = amountOf(PPM - discountOf(state, asset));
    const most = least(
      balanceAmount(state, account, asset),
      buyableAmount(state, asset, factorPpm),
    );
    const trade = (amount: bigint): void => {
      sellToFund(state, account, { asset, amount, factorPpm });
    };
    if (tradeLeast(run, account, { most, trade })) return true;
  }
  for (const asset of otherAssets(state, account)) {
    if (!isAssetOk(state, asset)) continue;
    const factorPpm = amountOf(PPM + discountOf(state, asset));
    const money = balanceAmount(state, account, SETTLEMENT_ASSET);
    const affordable = amountFor(state, asset, { money, factorPpm }) ?? 0n;
    const open = least(debtOf(state, account, asset), state.assets.fundHeld.get(asset));
    const trade = (amount: bigint): void => {
      repayFromFund(state, account, { asset, amount, factorPpm });
    };
    if (tradeLeast(run, account, { most: least(open, affordable), trade })) return true;
  }
  return false;
}

/** Collateral by how much health a sale restores per value: the least maintenance weight first. */
function saleOrder(state: State, account: number): number[] {
  const haircut = (asset: number): number =>
    assetParameter(state, asset, assetParameters.haircutMaintenancePpm);
  return otherAssets(state, account)
    .filter((asset) => isAssetOk(state, asset) && balanceAmount(state, account, asset) > 0n)
    .sort((a, b) => haircut(b) - haircut(a) || a - b);
}

/**
 * What the account owes net per asset at index, settlement units: without positions the buffer is a
 * share of it.
 */
function owedValue(state: State, account: number): number {
  const { accounts, balances, assets } = state;
  const first = accounts.balanceBase.get(account);
  let owed = 0;
  for (let row = first; row < first + accounts.balanceCount.get(account); row++) {
    const net = debtDouble(state, row) - balances.amount.double(row) - suppliedDouble(state, row);
    owed += Math.max(0, net) * assets.priceIndex.get(balances.asset.get(row));
  }
  return owed;
}

function discountOf(state: State, asset: number): number {
  return assetParameter(state, asset, assetParameters.saleDiscountPpm);
}

/**
 * Trades the least amount that restores, or the most when none does; nothing that lowers health.
 */
function tradeLeast(
  run: Run,
  account: number,
  options: { readonly most: bigint; readonly trade: (amount: bigint) => void },
): boolean {
  const { state, figures } = run;
  const { most, trade } = options;
  if (most < 1n) return false;
  measureMaintenance(state, account, figures);
  const healthBefore = healthOf(run);
  const bufferPpm = bufferOf(state);
  const restores = (amount: bigint): boolean => {
    const point = savepoint(state);
    trade(amount);
    measureMaintenance(state, account, figures);
    const isRestored = isAtTarget(run, bufferPpm, owedValue(state, account));
    rollbackTo(state, point);
    return isRestored;
  };
  const amount = restores(most) ? leastAmount(most, restores) : most;
  const point = savepoint(state);
  trade(amount);
  run.work -= 1;
  measureMaintenance(state, account, figures);
  if (healthOf(run) <= healthBefore) {
    rollbackTo(state, point);
    return false;
  }
  return isAtTarget(run, bufferPpm);
}

/** The smallest amount in 1 .. most for which a monotone test holds; it holds for the most. */
function leastAmount(most: bigint, restores: (amount: bigint) => boolean): bigint {
  let low = 0n;
  let high = most;
  while (high - low > 1n) {
    const middle = low + ((high - low) >> 1n);
    if (restores(middle)) high = middle;
    else low = middle;
  }
  return high;
}
