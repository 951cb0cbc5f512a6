import { debtOf } from '../ledger/index.ts';
import { toDouble } from '../math/index.ts';
import { assetParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { assetParameter, type State } from '../state/index.ts';
import { worstLots } from './formulas/reserve.ts';
import { measure, RISK } from './kernel.ts';
import { frozenDebt } from './shareValues.ts';

// What strictly reduces an account's risk: free margin, health and maintenance no worse, no leg
// that grows or flips, no collateral that leaves. Spec: margin 8.3.

const PPM = 1_000_000;

/** Where an account stands before an action. */
export interface Standing {
  readonly account: number;
  readonly freeMargin: number;
  readonly health: number;
  readonly maintenance: number;
  readonly legs: readonly Leg[];
  readonly holdings: readonly Holding[];
}

interface Leg {
  readonly instrument: number;
  readonly size: number;
  /** |q*| with the open orders. */
  readonly worstLots: number;
}

interface Holding {
  readonly asset: number;
  readonly amount: bigint;
  readonly debt: bigint;
  readonly debtShares: bigint;
  readonly supplyShares: bigint;
}

/** Reads where an account stands. */
export function standingOf(state: State, account: number): Standing {
  const figures = state.scratch;
  measure(state, account, figures);
  const marginBalance = figures[RISK.marginBalance] as number;
  const maintenance = figures[RISK.maintenance] as number;
  return {
    account,
    freeMargin: (figures[RISK.initialBalance] as number) - (figures[RISK.initial] as number),
    health: marginBalance - maintenance,
    maintenance,
    legs: legsOf(state, account),
    holdings: holdingsOf(state, account),
  };
}

/**
 * Whether an account stands no worse in every respect than `before`. A repayment may round: `slack`
 * is what one unit of each repaid asset weighs, since debt shares are burned rounded down.
 */
export function isReduction(before: Standing, after: Standing, slack: number): boolean {
  return (
    after.freeMargin >= before.freeMargin - slack &&
    after.health >= before.health - slack &&
    after.maintenance <= before.maintenance &&
    after.legs.every((leg) => isNoLarger(leg, before.legs)) &&
    after.holdings.every((holding) => isKept(holding, before.holdings)) &&
    before.holdings.every((holding) => isStillThere(holding, after.holdings))
  );
}

/**
 * What rounding may cost: for each asset whose debt shrank, at what a liability weighs, a unit, and
 * what the burned shares cost above the price that is frozen for the block.
 */
export function repaymentSlack(state: State, before: Standing, after: Standing): number {
  let slack = 0;
  for (const { asset, debt, debtShares } of before.holdings) {
    const now = after.holdings.find((holding) => holding.asset === asset)?.debtShares ?? 0n;
    if (now >= debtShares) continue;
    const dearer = toDouble(debt) / toDouble(debtShares) - frozenDebt(state, asset);
    slack += liabilityUnit(state, asset) * (1 + toDouble(debtShares - now) * Math.max(0, dearer));
  }
  return slack;
}

function liabilityUnit(state: State, asset: number): number {
  if (asset === SETTLEMENT_ASSET) return 1;
  const { liabilityInitialPpm, liabilityMaintenancePpm } = assetParameters;
  const ppm = Math.max(
    assetParameter(state, asset, liabilityInitialPpm),
    assetParameter(state, asset, liabilityMaintenancePpm),
  );
  const price = Math.max(state.assets.priceHigh.get(asset), state.assets.priceIndex.get(asset));
  return price * (1 + ppm / PPM);
}

function isNoLarger(leg: Leg, before: readonly Leg[]): boolean {
  const was = before.find((each) => each.instrument === leg.instrument);
  const size = was?.size ?? 0;
  const flips = leg.size !== 0 && leg.size > 0 !== size > 0;
  return Math.abs(leg.size) <= Math.abs(size) && leg.worstLots <= (was?.worstLots ?? 0) && !flips;
}

/** Nothing is lent out or borrowed, and an amount falls only to repay. Settlement pays losses. */
function isKept(holding: Holding, before: readonly Holding[]): boolean {
  const was = before.find((each) => each.asset === holding.asset);
  if (was === undefined) return holding.debtShares === 0n && holding.supplyShares === 0n;
  if (holding.supplyShares > was.supplyShares) return false;
  if (holding.asset === SETTLEMENT_ASSET) return true;
  if (holding.debtShares > was.debtShares) return false;
  if (holding.amount >= was.amount) return true;
  const hasRepaid = holding.debtShares < was.debtShares;
  return hasRepaid && holding.amount - holding.debt >= was.amount - was.debt - 1n;
}

/** A holding whose row went was empty but for what it repaid. */
function isStillThere(holding: Holding, after: readonly Holding[]): boolean {
  if (after.some((each) => each.asset === holding.asset)) return true;
  return holding.amount <= holding.debt && holding.supplyShares === 0n;
}

function legsOf(state: State, account: number): Leg[] {
  const { positions, accounts } = state;
  const first = accounts.positionBase.get(account);
  return Array.from({ length: accounts.positionCount.get(account) }, (_, k) => ({
    instrument: positions.instrument.get(first + k),
    size: positions.size.get(first + k),
    worstLots: worstLots({
      size: positions.size.get(first + k),
      bidLots: positions.bidLots.get(first + k),
      askLots: positions.askLots.get(first + k),
    }),
  }));
}

function holdingsOf(state: State, account: number): Holding[] {
  const { balances, accounts } = state;
  const first = accounts.balanceBase.get(account);
  return Array.from({ length: accounts.balanceCount.get(account) }, (_, k) => {
    const asset = balances.asset.get(first + k);
    return {
      asset,
      amount: balances.amount.get(first + k),
      debt: debtOf(state, account, asset),
      debtShares: balances.debtShares.get(first + k),
      supplyShares: balances.supplyShares.get(first + k),
    };
  });
}
