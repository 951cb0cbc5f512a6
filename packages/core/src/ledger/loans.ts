import { amountOf, mulDivDown } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  assetParameters,
  type Code,
  rejections,
  SETTLEMENT_ASSET,
} from '../schema/index.ts';
import {
  assetExists,
  assetParameter,
  type Caller,
  findBalance,
  refuse,
  type State,
  timeMs,
} from '../state/index.ts';
import { positive } from './amounts.ts';
import { freezeBalanceTotals } from './assetScale.ts';
import {
  AMOUNT_MAX,
  balanceAmount,
  credit,
  ensureBalance,
  pruneBalance,
  take,
} from './balances.ts';
import { addDebt, debtOf, repayFrom, suppliedOf } from './debts.ts';
import { accrueInterest as accrualOf, borrowRatePpm, utilizationPpm } from './interest.ts';
import { borrowableAmount, sharesToSupply, supplyWithdrawal } from './loanShares.ts';
import { bookInterestFee } from './pools.ts';

// Lending markets: one per asset, opt-in. Handlers check their arguments; the margin of the
// borrower is the gate's. Spec: ledger 4 and 5.

/**
 * Accrues interest on the loans of every asset up to block time, and freezes how much of each asset
 * accounts hold. Spec: ledger 5 and 9.
 */
export function accrueInterest(state: State): void {
  const assets = state.machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= assets; asset++) accrueAsset(state, asset);
  freezeBalanceTotals(state);
}

function accrueAsset(state: State, asset: number): void {
  const { assets } = state;
  const dtMs = timeMs(state) - assets.accruedMs.get(asset);
  assets.accruedMs.set(asset, timeMs(state));
  const borrowed = assets.borrowTotal.get(asset);
  if (borrowed === 0n || dtMs === 0) return;
  const supplied = assets.supplyTotal.get(asset);
  const accrual = accrualOf({
    borrowed,
    ratePpm: borrowRatePpm(rateCurve(state, asset), utilizationPpm(borrowed, supplied)),
    dtMs,
    prepaid: assets.interestPrepaid.get(asset),
    reservePpm: assetParameter(state, asset, assetParameters.interestFeePpm),
  });
  assets.interestPrepaid.set(asset, accrual.prepaid);
  if (accrual.interest === 0n) return;
  // Forced loans may exceed what is lent: suppliers earn on what they lent, the rest is fees.
  const suppliers =
    borrowed <= supplied
      ? accrual.toSuppliers
      : mulDivDown(accrual.toSuppliers, supplied, borrowed);
  const fees = accrual.interest - suppliers;
  assets.borrowTotal.add(asset, accrual.interest);
  assets.supplyTotal.add(asset, suppliers);
  bookInterestFee(state, asset, fees);
  state.events.push({
    kind: 'interestAccrued',
    asset,
    borrowers: accrual.interest,
    suppliers,
    fees,
  });
}

function rateCurve(state: State, asset: number): Parameters<typeof borrowRatePpm>[0] {
  return {
    kinkPpm: assetParameter(state, asset, assetParameters.kinkPpm),
    ratePpmAtZero: assetParameter(state, asset, assetParameters.rateZeroPpm),
    ratePpmAtKink: assetParameter(state, asset, assetParameters.rateKinkPpm),
    ratePpmAtFull: assetParameter(state, asset, assetParameters.rateFullPpm),
  };
}

function isLendingOpen(state: State, asset: number): boolean {
  return assetParameter(state, asset, assetParameters.isLendingOpen) === 1;
}

/** Lends an asset out. */
export function supply(state: State, action: ActionOf<'supply'>, caller: Caller): Code {
  const { asset, amount } = action;
  const { account } = caller;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  if (!isLendingOpen(state, asset)) return refuse(state, rejections.lendingClosed, { asset });
  const row = findBalance(state, account, asset);
  const held = row < 0 ? 0n : state.balances.amount.get(row);
  if (held < amount) return refuse(state, rejections.balanceInsufficient, { held, amount });
  const { supplyTotal, supplyShares } = state.assets;
  const total = supplyTotal.get(asset);
  const shares = sharesToSupply(amount, total, supplyShares.get(asset));
  if (shares < 1n) return refuse(state, rejections.amountInvalid, { amount });
  if (supplyShares.get(asset) > AMOUNT_MAX - shares) {
    return refuse(state, rejections.balanceOverflow, { shares });
  }
  state.balances.amount.set(row, held - amount);
  state.balances.supplyShares.add(row, shares);
  supplyTotal.set(asset, total + amount);
  supplyShares.add(asset, shares);
  state.events.push({ kind: 'supplied', account, asset, amount });
  return accepted;
}

/** Takes a lent amount back, as far as it is not out on loan; amount 0 takes all. */
export function redeem(state: State, action: ActionOf<'redeem'>, caller: Caller): Code {
  const { asset } = action;
  const { account } = caller;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  const row = findBalance(state, account, asset);
  const shares = row < 0 ? 0n : state.balances.supplyShares.get(row);
  const claim = suppliedOf(state, account, asset);
  if (shares === 0n || action.amount > claim) {
    return refuse(state, rejections.supplyInsufficient, { supplied: claim, amount: action.amount });
  }
  const { supplyTotal, supplyShares, borrowTotal } = state.assets;
  const supplied = supplyTotal.get(asset);
  const { paid, burned } = supplyWithdrawal({
    amount: action.amount === 0n ? claim : action.amount,
    shares,
    supplied,
    suppliedShares: supplyShares.get(asset),
  });
  const available = positive(supplied - borrowTotal.get(asset));
  if (paid > available) {
    return refuse(state, rejections.liquidityInsufficient, { available, amount: paid });
  }
  supplyTotal.set(asset, supplied - paid);
  supplyShares.add(asset, -burned);
  state.balances.supplyShares.set(row, shares - burned);
  state.balances.amount.add(row, paid);
  pruneBalance(state, account, row);
  state.events.push({ kind: 'redeemed', account, asset, amount: paid });
  return accepted;
}

/** Borrows an asset against the account, up to the utilization limit of its lending market. */
export function borrow(state: State, action: ActionOf<'borrow'>, caller: Caller): Code {
  const { asset, amount } = action;
  const { account } = caller;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  if (!isLendingOpen(state, asset)) return refuse(state, rejections.lendingClosed, { asset });
  const { borrowTotal, supplyTotal } = state.assets;
  const limitPpm = amountOf(assetParameter(state, asset, assetParameters.utilizationMaxPpm));
  const borrowable = borrowableAmount(borrowTotal.get(asset), supplyTotal.get(asset), limitPpm);
  if (amount > borrowable) {
    return refuse(state, rejections.utilizationLimit, { borrowable, amount });
  }
  const row = ensureBalance(state, account, asset);
  if (row < 0) return refuse(state, rejections.balancesFull, { account });
  addDebt(state, row, amount);
  const code = credit(state, account, asset, amount);
  if (code !== accepted) return code;
  state.events.push({ kind: 'borrowed', account, asset, amount, isForced: false });
  return accepted;
}

/**
 * Repays a loan from the balance; amount 0 repays all that the balance can, never above the debt.
 */
export function repay(state: State, action: ActionOf<'repay'>, caller: Caller): Code {
  const { asset } = action;
  const { account } = caller;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  const debt = debtOf(state, account, asset);
  if (debt === 0n) return refuse(state, rejections.debtNone, { asset });
  const held = balanceAmount(state, account, asset);
  if (held === 0n || action.amount > held) {
    return refuse(state, rejections.balanceInsufficient, { held, amount: action.amount });
  }
  const row = findBalance(state, account, asset);
  const paid = repayFrom(state, row, action.amount === 0n ? held : action.amount);
  return take(state, account, asset, paid);
}
