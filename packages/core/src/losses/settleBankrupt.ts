import { balanceAmount, debtOf, least, pruneBalance } from '../ledger/index.ts';
import {
  buyableAmount,
  endLiquidation,
  handToFund,
  hasDebt,
  otherAssets,
  repayFromFund,
  sellToFund,
  setStage,
  valueUp,
  waitFor,
} from '../liquidation/index.ts';
import { mulDivUp } from '../math/index.ts';
import { isAssetOk } from '../oracle/index.ts';
import { globalParameters, LIQUIDATION_STAGE, SETTLEMENT_ASSET } from '../schema/index.ts';
import { findBalance, globalParameter, type State, timeMs } from '../state/index.ts';
import type { Bankrupt } from './bankrupt.ts';
import { settleLoanInMoney, writeOffLoan } from './lendingLoss.ts';

/** A part of a lending market that the fund has not paid. */
export interface OpenLoan {
  readonly asset: number;
  /** Settlement units. */
  readonly unpaid: bigint;
}

/**
 * Leaves an account whose positions are closed and whose markets have paid without loans: lending
 * markets bear their open parts, collateral goes to the fund at index, other loans are settled in
 * money. What the fund has no money for backs a loan of its value until the fund has, at most for
 * the time that a deficit may stay open. Spec: waterfall 6.
 */
export function settleBankrupt(
  state: State,
  bankrupt: Bankrupt,
  openLoans: readonly OpenLoan[],
): void {
  const { account } = bankrupt;
  for (const { asset, unpaid } of openLoans) {
    if (asset !== SETTLEMENT_ASSET) bearLoan(state, account, { asset, unpaid });
  }
  const assets = otherAssets(state, account);
  for (const asset of assets) sellAll(state, account, asset);
  for (const asset of assets) returnLoan(state, account, asset);
  for (const { asset, unpaid } of openLoans) {
    if (asset === SETTLEMENT_ASSET) writeOffLoan(state, account, { asset, amount: unpaid });
  }
  clearGains(state, account);
  finish(state, account);
}

/** The part of a loan whose value its lending market bears is written off, in units up. */
function bearLoan(state: State, account: number, loan: OpenLoan): void {
  const { asset, unpaid } = loan;
  const owed = debtOf(state, account, asset);
  const value = valueUp(state, { asset, amount: owed });
  if (value === 0n) return;
  const amount = unpaid >= value ? owed : mulDivUp(owed, unpaid, value);
  writeOffLoan(state, account, { asset, amount });
}

function sellAll(state: State, account: number, asset: number): void {
  if (!isAssetOk(state, asset)) return;
  const held = balanceAmount(state, account, asset);
  const amount = least(held, buyableAmount(state, asset));
  if (amount > 0n) sellToFund(state, account, { asset, amount });
}

/** A loan of another asset: from what the fund holds of it, the rest in money. */
function returnLoan(state: State, account: number, asset: number): void {
  repayFromFund(state, account, { asset, amount: debtOf(state, account, asset) });
  const owed = debtOf(state, account, asset);
  if (owed === 0n) return;
  settleLoanInMoney(state, account, { asset, value: valueUp(state, { asset, amount: owed }) });
}

/** Without equity nothing of a gain is left to be locked. */
function clearGains(state: State, account: number): void {
  const first = state.accounts.positionBase.get(account);
  const end = first + state.accounts.positionCount.get(account);
  for (let row = first; row < end; row++) state.positions.lockedGain.set(row, 0n);
}

/** Ends the liquidation, or keeps collateral that nobody bought behind a loan of its value. */
function finish(state: State, account: number): void {
  const isOver =
    timeMs(state) - state.accounts.liquidationMs.get(account) >=
    globalParameter(state, globalParameters.deficitBlockMs);
  const left = otherAssets(state, account).filter(
    (asset) => balanceAmount(state, account, asset) > 0n,
  );
  if (left.length > 0 && hasDebt(state, account) && !isOver) {
    setStage(state, account, LIQUIDATION_STAGE.closeOut);
    waitFor(state, account, 'noBuyer');
    return;
  }
  if (hasDebt(state, account)) {
    for (const asset of left) handOver(state, account, asset);
    const owed = debtOf(state, account, SETTLEMENT_ASSET);
    writeOffLoan(state, account, { asset: SETTLEMENT_ASSET, amount: owed });
  }
  endLiquidation(state, account, 'bankrupt');
}

/** Collateral that waited for its time goes to the fund for what the fund can pay. */
function handOver(state: State, account: number, asset: number): void {
  const amount = balanceAmount(state, account, asset);
  const paid = least(state.machine.fund.get(0), valueUp(state, { asset, amount }));
  handToFund(state, account, { asset, amount, paid });
  const row = findBalance(state, account, asset);
  if (row >= 0) pruneBalance(state, account, row);
}
