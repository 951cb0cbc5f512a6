import {
  balanceAmount,
  least,
  pruneBalance,
  settle,
  supplyWithdrawal,
  take,
  writeOffDebt,
} from '../ledger/index.ts';
import { assert } from '../math/index.ts';
import { isAssetOk } from '../oracle/index.ts';
import { accepted, globalParameters, LIQUIDATION_WAIT, SETTLEMENT_ASSET } from '../schema/index.ts';
import { findBalance, globalParameter, type State, timeMs } from '../state/index.ts';
import { amountFor, type Holding, valueDown, valueUp } from './assetValue.ts';
import { hasPosition } from './stage.ts';

// Trades between an account in liquidation and the shared fund, which stands in for bidders until
// there is an auction. The fund swaps money for an asset and loses nothing at index. Spec:
// liquidation 6.

const PPM = 1_000_000n;

/** The most of an asset that the fund has money for; 0 without an index. */
export function buyableAmount(state: State, asset: number, factorPpm: bigint = PPM): bigint {
  return amountFor(state, asset, { money: state.machine.fund.get(0), factorPpm }) ?? 0n;
}

/**
 * Whether an account without positions is to wait for the fund to have money for its collateral: it
 * has waited before, and not yet for as long as a deficit may stay open. Spec: waterfall 6.6.
 */
export function isKeptForBuyer(state: State, account: number): boolean {
  const { liquidationWait, liquidationMs } = state.accounts;
  if (liquidationWait.get(account) !== LIQUIDATION_WAIT.noBuyer) return false;
  if (hasPosition(state, account)) return false;
  const waitedMs = timeMs(state) - liquidationMs.get(account);
  if (waitedMs >= globalParameter(state, globalParameters.deficitBlockMs)) return false;
  const held = otherAssets(state, account).filter(
    (asset) => balanceAmount(state, account, asset) > 0n,
  );
  return held.length > 0 && !held.some((asset) => isBuyable(state, asset));
}

function isBuyable(state: State, asset: number): boolean {
  return isAssetOk(state, asset) && buyableAmount(state, asset) > 0n;
}

/** The account sells to the fund; what it is paid repays its loan of the settlement asset first. */
export function sellToFund(state: State, account: number, trade: Holding): bigint {
  const { asset, amount } = trade;
  const paid = valueDown(state, trade);
  handToFund(state, account, { asset, amount, paid });
  return paid;
}

/** Moves an asset to the fund for a payment that it has. */
export function handToFund(
  state: State,
  account: number,
  sale: { readonly asset: number; readonly amount: bigint; readonly paid: bigint },
): void {
  const { asset, amount, paid } = sale;
  const code = take(state, account, asset, amount);
  assert(code === accepted, 'what is sold to the fund is held', { account, asset, amount });
  state.assets.fundHeld.add(asset, amount);
  state.machine.fund.add(0, -paid);
  if (paid > 0n) settle(state, account, paid);
  state.events.push({
    kind: 'collateralSold',
    account,
    asset,
    amount,
    debtAsset: firstDebt(state, account),
    paid,
  });
}

/** The account buys from what the fund holds and repays its loan of the asset with it. */
export function repayFromFund(state: State, account: number, trade: Holding): bigint {
  const { asset } = trade;
  const held = least(trade.amount, state.assets.fundHeld.get(asset));
  const amount = writeOffDebt(state, account, asset, held);
  if (amount === 0n) return 0n;
  const paid = valueUp(state, { ...trade, amount });
  state.assets.fundHeld.add(asset, -amount);
  state.machine.fund.add(0, paid);
  settle(state, account, -paid);
  state.events.push({ kind: 'assetBought', account, asset, amount, paid });
  return amount;
}

/** Repays loans of an account out of what it holds of the same asset: health does not change. */
export function netLoan(state: State, account: number, asset: number): void {
  const row = findBalance(state, account, asset);
  const held = row < 0 ? 0n : state.balances.amount.get(row);
  if (held === 0n || state.balances.debtShares.get(row) === 0n) return;
  const amount = writeOffDebt(state, account, asset, held);
  state.balances.amount.set(row, held - amount);
  state.events.push({ kind: 'repaid', account, asset, amount });
}

/**
 * Takes back all that an account has lent of an asset, also beyond what is not out on loan: its
 * claim on the lending market becomes a balance. Spec: waterfall 2.3.
 */
export function recallSupply(state: State, account: number, asset: number): void {
  const row = findBalance(state, account, asset);
  const shares = row < 0 ? 0n : state.balances.supplyShares.get(row);
  if (shares === 0n) return;
  const { supplyTotal, supplyShares } = state.assets;
  const supplied = supplyTotal.get(asset);
  const { paid, burned } = supplyWithdrawal({
    amount: supplied,
    shares,
    supplied,
    suppliedShares: supplyShares.get(asset),
  });
  supplyTotal.set(asset, supplied - paid);
  supplyShares.add(asset, -burned);
  state.balances.supplyShares.set(row, shares - burned);
  state.balances.amount.add(row, paid);
  pruneBalance(state, account, row);
  state.events.push({ kind: 'redeemed', account, asset, amount: paid });
}

/** The least asset that an account owes; 0 without debts. */
function firstDebt(state: State, account: number): number {
  const base = state.accounts.balanceBase.get(account);
  const end = base + state.accounts.balanceCount.get(account);
  for (let row = base; row < end; row++) {
    if (state.balances.debtShares.get(row) !== 0n) return state.balances.asset.get(row);
  }
  return 0;
}

/** The assets of an account besides the settlement asset, ascending. */
export function otherAssets(state: State, account: number): number[] {
  const base = state.accounts.balanceBase.get(account);
  const assets: number[] = [];
  for (let k = 0; k < state.accounts.balanceCount.get(account); k++) {
    const asset = state.balances.asset.get(base + k);
    if (asset !== SETTLEMENT_ASSET) assets.push(asset);
  }
  return assets;
}
