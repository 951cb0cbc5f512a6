import { chargeSuppliers, settle, split, sumOf, writeOffDebt } from '../ledger/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import { findBalance, type State } from '../state/index.ts';

/**
 * Writes off up to `amount` of a loan: the suppliers of the asset bear it pro rata, beyond what
 * they have lent it is bad debt of the asset. Spec: waterfall 5.4.
 */
export function writeOffLoan(
  state: State,
  account: number,
  loan: { readonly asset: number; readonly amount: bigint },
): void {
  const { asset } = loan;
  if (loan.amount === 0n) return;
  const amount = writeOffDebt(state, account, asset, loan.amount);
  if (amount > 0n) bearByLenders(state, asset, amount);
}

function bearByLenders(state: State, asset: number, amount: bigint): void {
  const fromSuppliers = chargeSuppliers(state, asset, amount);
  if (fromSuppliers > 0n) {
    state.events.push({
      kind: 'lossSocialized',
      instrument: 0,
      asset,
      account: 0,
      amount: fromSuppliers,
      step: 'suppliers',
    });
  }
  const badDebt = amount - fromSuppliers;
  if (badDebt === 0n) return;
  state.assets.badDebt.add(asset, badDebt);
  state.events.push({ kind: 'badDebtRecorded', instrument: 0, asset, amount: badDebt });
}

/**
 * Settles a loan that cannot be returned in kind: its suppliers give up the amount and get its
 * value at index in the settlement asset, by Σ-cut on their shares. Value for what nobody has lent
 * goes to the shared fund, against bad debt of the asset. Spec: waterfall 6.4.
 */
export function settleLoanInMoney(
  state: State,
  account: number,
  loan: { readonly asset: number; readonly value: bigint },
): void {
  const { asset, value } = loan;
  const owed = state.assets.borrowTotal.get(asset);
  const amount = writeOffDebt(state, account, asset, owed);
  if (amount === 0n) return;
  const supplied = chargeSuppliers(state, asset, amount);
  const [toSuppliers = 0n, toFund = 0n] = split(value, [supplied, amount - supplied]);
  settle(state, account, -value);
  paySuppliers(state, asset, toSuppliers);
  state.machine.fund.add(0, toFund);
  if (amount > supplied) state.assets.badDebt.add(asset, amount - supplied);
  state.events.push({ kind: 'suppliersPaid', account, asset, amount, paid: toSuppliers });
}

/** Money to the suppliers of an asset by their shares, ascending by account. */
function paySuppliers(state: State, asset: number, money: bigint): void {
  const accounts: number[] = [];
  const shares: bigint[] = [];
  const count = state.machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const row = findBalance(state, account, asset);
    const held = row < 0 ? 0n : state.balances.supplyShares.get(row);
    if (held === 0n) continue;
    accounts.push(account);
    shares.push(held);
  }
  if (sumOf(shares) === 0n) {
    state.assets.dust.add(SETTLEMENT_ASSET, money);
    return;
  }
  split(money, shares).forEach((part, i) => {
    if (part > 0n) settle(state, accounts[i] as number, part);
  });
}
