import { assetParameters, SETTLEMENT_ASSET, TIERS_MAX } from '../schema/index.ts';
import { assetParameter, type State } from '../state/index.ts';
import { health } from './kernel.ts';
import { freezeShareValues } from './shareValues.ts';
import { type Touched, touchedSince } from './touched.ts';

// The exact-superset screen: which accounts could have fallen below maintenance since they were
// last measured. `screenClock` adds up, block by block, the largest relative move of anything that
// maintenance health reads; an account is armed at the clock up to which its health cannot have
// been used up. One compare per 64 accounts and
// block, and 64 where one of them was touched or is due: comparing every account took 1.5 ms a
// block at a million of them. Spec: margin 10.

/** Relative moves up to here are bounded; beyond it every account is measured again. */
const REACH = 0.25;
/** e^REACH = 1.2840…: how far values and notionals can grow within the reach, rounded up. */
const GROWTH = 1.3;
/** Moves the clock beyond every armed account. */
const DISARM_ALL = 1;
/** An account that nothing but its own rows can bring below maintenance. */
const NEVER = 1e300;
/** Accounts that share a floor. */
const GROUP = 64;
const PPM = 1_000_000;
const TWO_32 = 4_294_967_296;
/** Of the exposure: what sums of doubles and the clock's own rounding may be off. */
const ROUNDING = 1e-8;
/** Settlement units: what funding rounds per position. */
const UNIT = 1;

/**
 * Ends the price phase: freezes share values and moves the clock by this block's largest relative
 * move. Nothing but the set of nominated accounts depends on the clock.
 */
export function advanceScreen(state: State): void {
  freezeShareValues(state);
  const move = Math.max(moveOfInstruments(state), moveOfAssets(state));
  if (move > 0) state.machine.screenClock.add(0, move);
}

function moveOfInstruments(state: State): number {
  const { instruments, machine } = state;
  const count = machine.instrumentCount.get(0);
  let largest = 0;
  for (let instrument = 1; instrument <= count; instrument++) {
    const price = instruments.markPrice.get(instrument);
    const rate = instruments.maintenanceRate.get(instrument);
    const funding = instruments.fundingIndex.get(instrument);
    const paid = instruments.fundingIndex.double(instrument);
    const priced = relativeMove(instruments.screenMark.get(instrument), price);
    const raised = Math.max(0, rate - instruments.screenRate.get(instrument));
    const owed =
      price === 0
        ? 0
        : Math.abs(paid - instruments.screenFunding.double(instrument)) / TWO_32 / price;
    // They add up in the worst case: the price falls, the rate rises and funding is owed.
    largest = Math.max(largest, priced + raised + owed);
    instruments.screenMark.set(instrument, price);
    instruments.screenRate.set(instrument, rate);
    instruments.screenFunding.set(instrument, funding);
  }
  return largest;
}

function moveOfAssets(state: State): number {
  const { assets, machine } = state;
  const count = machine.assetCount.get(0);
  let largest = 0;
  for (let asset = 1; asset <= count; asset++) {
    const price = assets.priceIndex.get(asset);
    const debt = assets.debtPerShare.get(asset);
    const supply = assets.supplyPerShare.get(asset);
    const move =
      relativeMove(assets.screenPrice.get(asset), price) +
      relativeMove(assets.screenDebt.get(asset), debt) +
      relativeMove(assets.screenSupply.get(asset), supply);
    largest = Math.max(largest, move);
    assets.screenPrice.set(asset, price);
    assets.screenDebt.set(asset, debt);
    assets.screenSupply.set(asset, supply);
  }
  return largest;
}

/** |now/before − 1|; a first or a vanished value disarms every account. */
function relativeMove(before: number, now: number): number {
  if (before === now) return 0;
  if (before === 0 || now === 0) return DISARM_ALL;
  return Math.min(DISARM_ALL, Math.abs(now / before - 1));
}

/**
 * Disarms what was written since an entry of the log: the accounts with writes to their balances or
 * positions, and every account when a parameter or a tier changed. Runs before `nominate` over the
 * phases of a block; what the gate let pass it has disarmed itself.
 */
export function disarmTouched(state: State, fromEntry = 0): void {
  disarm(state, touchedSince(state, fromEntry));
}

/**
 * Disarms the accounts of an action that passed the gate, while their rows are at hand: reading the
 * owner of every entry again at the end of a block cost 8 % of it (bench/applyBlock.bench.ts).
 */
export function disarm(state: State, touched: Touched): void {
  const { accounts } = touched;
  for (let i = 0; i < accounts.length; i++) setArmed(state, accounts[i] as number, 0);
  if (touched.hasRule) state.machine.screenClock.add(0, DISARM_ALL);
}

/** Visits the accounts that may be below maintenance, ascending by id. Reads only. */
export function nominate(state: State, visit: (account: number) => void): void {
  const armed = state.accounts.armedAt.data;
  const floors = state.accounts.armedFloor.data;
  const clock = state.machine.screenClock.get(0);
  const count = state.machine.accountCount.get(0);
  const groups = groupOf(count);
  for (let group = 0; group <= groups; group++) {
    if ((floors[group] as number) > clock) continue;
    const last = lastOf(group, count);
    for (let account = firstOf(group); account <= last; account++) {
      if ((armed[account] as number) <= clock) visit(account);
    }
  }
}

/** After accounts were armed again: raises the floors of the groups that were looked into. */
export function raiseFloors(state: State): void {
  const { armedAt, armedFloor } = state.accounts;
  const armed = armedAt.data;
  const clock = state.machine.screenClock.get(0);
  const count = state.machine.accountCount.get(0);
  const groups = groupOf(count);
  for (let group = 0; group <= groups; group++) {
    if (armedFloor.get(group) > clock) continue;
    const last = lastOf(group, count);
    let lowest = NEVER;
    for (let account = firstOf(group); account <= last; account++) {
      lowest = Math.min(lowest, armed[account] as number);
    }
    if (lowest > clock) armedFloor.set(group, lowest);
  }
}

/** The only writer of `armedAt`: no account is armed below the floor of its group. */
function setArmed(state: State, account: number, at: number): void {
  const { armedAt, armedFloor } = state.accounts;
  armedAt.set(account, at);
  const group = groupOf(account);
  if (at < armedFloor.get(group)) armedFloor.set(group, at);
}

/** Floors lie side by side, at the row of the group's number: a block looks at all of them. */
function groupOf(account: number): number {
  return (account / GROUP) | 0;
}

/** Account 0 is nobody. */
function firstOf(group: number): number {
  return Math.max(1, group * GROUP);
}

function lastOf(group: number, count: number): number {
  return Math.min(count, group * GROUP + GROUP - 1);
}

/** Arms an account by its present health; one below maintenance stays nominated. */
export function rearm(state: State, account: number): void {
  arm(state, account, health(state, account));
}

/** Arms an account whose present health was just measured. */
export function arm(state: State, account: number, health: number): void {
  if (!(health >= 0)) {
    setArmed(state, account, 0);
    return;
  }
  if (!isAtRisk(state, account)) {
    setArmed(state, account, NEVER);
    return;
  }
  const exposure = exposureOf(state, account);
  const positions = state.accounts.positionCount.get(account);
  const usable = health - ROUNDING * exposure - UNIT * (positions + 1);
  const reach = Math.min(REACH, usable / (GROWTH * exposure));
  setArmed(state, account, reach > 0 ? state.machine.screenClock.get(0) + reach : 0);
}

/** Whether prices can bring an account below maintenance at all: it has a position or a loan. */
function isAtRisk(state: State, account: number): boolean {
  const { accounts, positions, balances } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    if (positions.size.get(row) !== 0) return true;
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    if (balances.debtShares.get(row) !== 0n) return true;
  }
  return false;
}

/**
 * How much health a relative move of 1 could take, at most: every notional with its marginal rate
 * as it may become within the reach, and every lent, owed and priced amount at its heaviest weight.
 */
function exposureOf(state: State, account: number): number {
  const { accounts, positions, balances, instruments, assets } = state;
  let exposure = 0;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const instrument = positions.instrument.get(row);
    const price = instruments.markPrice.get(instrument);
    const lots = Math.abs(positions.size.get(row));
    const notional = lots * price * instruments.multiplier.get(instrument);
    exposure += notional * (1 + rateWithin(state, instrument, notional));
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const asset = balances.asset.get(row);
    const supplied = balances.supplyShares.double(row) * assets.supplyPerShare.get(asset);
    const debt = balances.debtShares.double(row) * assets.debtPerShare.get(asset);
    if (asset === SETTLEMENT_ASSET) {
      exposure += supplied + debt;
      continue;
    }
    const gross = balances.amount.double(row) + supplied + debt;
    const liability = assetParameter(state, asset, assetParameters.liabilityMaintenancePpm);
    exposure += gross * assets.priceIndex.get(asset) * (1 + liability / PPM);
  }
  return exposure;
}

/** The largest marginal maintenance rate up to where a notional can grow within the reach. */
function rateWithin(state: State, instrument: number, notional: number): number {
  const { tierLow, tierMaintenance, tierCount, maintenanceRate } = state.instruments;
  let tier = instrument * TIERS_MAX;
  const last = tier + tierCount.get(instrument) - 1;
  while (tier < last && tierLow.get(tier + 1) <= notional * GROWTH) tier += 1;
  return Math.max(tierMaintenance.get(tier) / PPM, maintenanceRate.get(instrument));
}
