import { balanceAmount, debtOf, least, positive, splitCapped, sumOf } from '../ledger/index.ts';
import { netLoan, otherAssets, recallSupply, valueDown, valueUp } from '../liquidation/index.ts';
import { amountOf, amountUp, assert } from '../math/index.ts';
import { settleFunding } from '../positions/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { cancelOrders } from '../venue/index.ts';

/** A market that bears a part of a deficit: an instrument, or the lending market of an asset. */
export interface Part {
  /** 0 for a lending market. */
  readonly instrument: number;
  /** 0 for an instrument. */
  readonly asset: number;
  /** Settlement units. */
  readonly amount: bigint;
}

/** An account without equity and what its markets bear of it. */
export interface Bankrupt {
  readonly account: number;
  /** −E at mark and index, in units. */
  readonly deficit: bigint;
  readonly parts: readonly Part[];
}

/**
 * Readies an account for the waterfall: no orders, funding settled, what it lent taken back, loans
 * repaid out of the same asset. None of it changes its equity. Spec: waterfall 2.3.
 */
export function prepareBankrupt(state: State, account: number): void {
  cancelOrders(state, { account, instrument: 0, reason: 'liquidation' });
  const first = state.accounts.positionBase.get(account);
  const end = first + state.accounts.positionCount.get(account);
  for (let row = first; row < end; row++) settleFunding(state, row);
  for (const asset of [SETTLEMENT_ASSET, ...otherAssets(state, account)]) {
    recallSupply(state, account, asset);
    netLoan(state, account, asset);
  }
}

/**
 * Equity of a readied account in units: assets at index rounded down, loans up, so that a deficit
 * is never too small. Spec: waterfall 2.1.
 */
export function exactEquity(state: State, account: number): bigint {
  let equity =
    balanceAmount(state, account, SETTLEMENT_ASSET) - debtOf(state, account, SETTLEMENT_ASSET);
  for (const asset of otherAssets(state, account)) {
    equity += valueDown(state, { asset, amount: balanceAmount(state, account, asset) });
    equity -= valueUp(state, { asset, amount: debtOf(state, account, asset) });
  }
  const { accounts } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    equity += unrealizedOf(state, row);
  }
  return equity;
}

/** q·p·v − entry of a position at mark, exact. */
export function unrealizedOf(state: State, row: number): bigint {
  const size = state.positions.size.get(row);
  if (size === 0) return 0n;
  const instrument = state.positions.instrument.get(row);
  const { markPrice, multiplier } = state.instruments;
  const perLot = amountOf(markPrice.get(instrument)) * amountOf(multiplier.get(instrument));
  return amountOf(size) * perLot - state.positions.entry.get(row);
}

interface Bearer {
  readonly instrument: number;
  readonly asset: number;
  /** Its share when liquidation began, and the most that it can bear. */
  readonly weight: bigint;
  readonly cap: bigint;
  /** By what markets share when none had required maintenance. */
  readonly notional: bigint;
}

/**
 * A deficit over the account's markets by their frozen shares, a lending market up to the loan that
 * there is; what nobody's share takes goes by notional. Spec: waterfall 2.2.
 */
export function deficitParts(state: State, account: number, deficit: bigint): Part[] {
  const bearers = bearersOf(state, account, deficit);
  const caps = bearers.map((bearer) => bearer.cap);
  const weights = bearers.map((bearer) => bearer.weight);
  const shares = splitCapped(deficit, weights, caps);
  const rest = deficit - sumOf(shares);
  const others = splitCapped(
    rest,
    bearers.map((bearer) => bearer.notional),
    caps.map((cap, i) => cap - (shares[i] ?? 0n)),
  );
  assert(sumOf(others) === rest, 'a deficit has markets that bear it', { account, deficit });
  return bearers.map(({ instrument, asset }, i) => ({
    instrument,
    asset,
    amount: (shares[i] ?? 0n) + (others[i] ?? 0n),
  }));
}

/** Instruments ascending, then assets ascending. */
function bearersOf(state: State, account: number, deficit: bigint): Bearer[] {
  const { accounts, positions, balances, instruments } = state;
  const bearers: Bearer[] = [];
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const instrument = positions.instrument.get(row);
    const lots = amountOf(Math.abs(positions.size.get(row)));
    const price = amountOf(instruments.markPrice.get(instrument));
    const notional = lots * price * amountOf(instruments.multiplier.get(instrument));
    const weight = amountUp(positions.frozenMaintenance.get(row));
    bearers.push({ instrument, asset: 0, weight, cap: deficit, notional });
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const asset = balances.asset.get(row);
    const owed = valueUp(state, { asset, amount: debtOf(state, account, asset) });
    if (owed === 0n) continue;
    const weight = amountUp(balances.frozenMaintenance.get(row));
    bearers.push({ instrument: 0, asset, weight, cap: least(owed, deficit), notional: owed });
  }
  return bearers;
}

/** What the lending market of an asset, or an instrument, bears of a bankrupt account. */
export function partOf(bankrupt: Bankrupt, market: { instrument: number; asset: number }): bigint {
  for (const part of bankrupt.parts) {
    if (part.instrument === market.instrument && part.asset === market.asset) return part.amount;
  }
  return 0n;
}

/** −E, at least 0. */
export function deficitOf(equity: bigint): bigint {
  return positive(-equity);
}
