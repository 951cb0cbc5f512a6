import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';

// What must hold of the ledger in every state, by a full scan: for checkers, not for the machine,
// which reads conservation off the undo log. Spec: ledger 1.

interface Sums {
  amount: bigint;
  debtShares: bigint;
  supplyShares: bigint;
}

/** The sentences of I1 and of the lending markets that do not hold; empty in a sound ledger. */
export function conservationErrors(state: State): string[] {
  const errors: string[] = [];
  const entry = entrySum(state, errors);
  const count = state.machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    const sums = balanceSums(state, asset, errors);
    checkConservation(state, asset, { sums, entry, errors });
    checkLending(state, asset, { sums, errors });
  }
  return errors;
}

function balanceSums(state: State, asset: number, errors: string[]): Sums {
  const { accounts, balances, machine } = state;
  const sums: Sums = { amount: 0n, debtShares: 0n, supplyShares: 0n };
  const accountCount = machine.accountCount.get(0);
  for (let account = 1; account <= accountCount; account++) {
    const base = accounts.balanceBase.get(account);
    const end = base + accounts.balanceCount.get(account);
    for (let row = base; row < end; row++) {
      if (balances.asset.get(row) !== asset) continue;
      const amount = balances.amount.get(row);
      const debtShares = balances.debtShares.get(row);
      const supplyShares = balances.supplyShares.get(row);
      if (amount < 0n) errors.push(`account ${account} holds ${amount} of asset ${asset}`);
      if (debtShares < 0n) errors.push(`account ${account} owes ${debtShares} shares of ${asset}`);
      if (supplyShares < 0n) errors.push(`account ${account} lent ${supplyShares} shares`);
      sums.amount += amount;
      sums.debtShares += debtShares;
      sums.supplyShares += supplyShares;
    }
  }
  return sums;
}

/** Σ entry over all positions, which also equals Σ realized per market (I2). */
function entrySum(state: State, errors: string[]): bigint {
  const { accounts, positions, instruments, machine } = state;
  const instrumentCount = machine.instrumentCount.get(0);
  const entries = new Array<bigint>(instrumentCount + 1).fill(0n);
  const accountCount = machine.accountCount.get(0);
  for (let account = 1; account <= accountCount; account++) {
    const base = accounts.positionBase.get(account);
    const end = base + accounts.positionCount.get(account);
    for (let row = base; row < end; row++) {
      const instrument = positions.instrument.get(row);
      entries[instrument] = (entries[instrument] ?? 0n) + positions.entry.get(row);
    }
  }
  let sum = 0n;
  for (let instrument = 1; instrument <= instrumentCount; instrument++) {
    const entry = entries[instrument] ?? 0n;
    const realized = instruments.realizedTotal.get(instrument);
    if (entry !== realized) {
      errors.push(`instrument ${instrument}: Σ entry ${entry} is not Σ realized ${realized}`);
    }
    sum += entry;
  }
  return sum;
}

function checkConservation(
  state: State,
  asset: number,
  found: { sums: Sums; entry: bigint; errors: string[] },
): void {
  const { assets, instruments, machine } = state;
  let backing = assets.custody.get(asset) + assets.borrowTotal.get(asset);
  backing += assets.badDebt.get(asset);
  let claims = found.sums.amount + assets.supplyTotal.get(asset) + assets.inFlight.get(asset);
  claims += assets.fees.get(asset) + assets.dust.get(asset) + assets.fundHeld.get(asset);
  if (asset === SETTLEMENT_ASSET) {
    backing += found.entry;
    claims += machine.fund.get(0);
    const instrumentCount = machine.instrumentCount.get(0);
    for (let instrument = 1; instrument <= instrumentCount; instrument++) {
      backing += instruments.badDebt.get(instrument);
      claims += instruments.pool.get(instrument);
    }
  }
  if (backing !== claims) {
    found.errors.push(`asset ${asset}: what is there ${backing} is not what is claimed ${claims}`);
  }
}

function checkLending(state: State, asset: number, found: { sums: Sums; errors: string[] }): void {
  const { assets } = state;
  const { sums, errors } = found;
  if (sums.debtShares !== assets.borrowShares.get(asset)) {
    errors.push(`asset ${asset}: Σ debt shares ${sums.debtShares} is not the total`);
  }
  if (sums.supplyShares !== assets.supplyShares.get(asset)) {
    errors.push(`asset ${asset}: Σ supply shares ${sums.supplyShares} is not the total`);
  }
  const totals = [
    ['borrowed', assets.borrowTotal],
    ['supplied', assets.supplyTotal],
    ['custody', assets.custody],
    ['in flight', assets.inFlight],
    ['fees', assets.fees],
    ['dust', assets.dust],
    ['held by the fund', assets.fundHeld],
    ['bad debt', assets.badDebt],
  ] as const;
  for (const [name, column] of totals) {
    if (column.get(asset) < 0n) errors.push(`asset ${asset}: ${name} is ${column.get(asset)}`);
  }
}
