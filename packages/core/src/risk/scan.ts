import { assetRampPpm } from '../ledger/index.ts';
import { assetParameters, SETTLEMENT_ASSET, TIERS_MAX } from '../schema/index.ts';
import { assetParameter, type State } from '../state/index.ts';
import { health } from './kernel.ts';
import { frozenDebt, frozenSupply } from './shareValues.ts';

// A scan of all accounts for health below zero. Accounts are taken in groups of equal position
// count, so that the inner loop has a fixed length, and a bound from below screens them: the kernel
// decides only those that the bound cannot clear. The obvious twin is `scanPlainly`. Spec: margin
// 10.4.

const PPM = 1_000_000;
const TWO_32 = 4_294_967_296;
/** Of the gross value: more than all roundings of the bound and of the kernel together. */
const ROUNDING = 1e-9;
const COUNTS = 65;

/** Arrays that a scan writes; they hold nothing between two scans. */
export interface Scan {
  /** Accounts ordered by position count. */
  readonly order: Int32Array;
  readonly starts: Int32Array;
  /** 1: not cleared by the bound. */
  readonly flags: Uint8Array;
  /** Per instrument: mark × v, funding index, lower bound of tier 1, rate below it and above. */
  readonly unitValue: Float64Array;
  readonly unitFunding: Float64Array;
  readonly fundingIndex: Float64Array;
  readonly tierOne: Float64Array;
  readonly rateBelow: Float64Array;
  readonly rateAbove: Float64Array;
  /** Per asset: what a held and an owed unit count for, what shares are worth. */
  readonly heldValue: Float64Array;
  readonly owedValue: Float64Array;
  readonly supplyShare: Float64Array;
  readonly debtShare: Float64Array;
}

/** Room for scans of a state. */
export function createScan(state: State): Scan {
  const { accountsMax, instrumentsMax, assetsMax } = state.limits;
  return {
    order: new Int32Array(accountsMax),
    starts: new Int32Array(COUNTS + 1),
    flags: new Uint8Array(accountsMax),
    unitValue: new Float64Array(instrumentsMax),
    unitFunding: new Float64Array(instrumentsMax),
    fundingIndex: new Float64Array(instrumentsMax),
    tierOne: new Float64Array(instrumentsMax),
    rateBelow: new Float64Array(instrumentsMax),
    rateAbove: new Float64Array(instrumentsMax),
    heldValue: new Float64Array(assetsMax),
    owedValue: new Float64Array(assetsMax),
    supplyShare: new Float64Array(assetsMax),
    debtShare: new Float64Array(assetsMax),
  };
}

/**
 * Visits every account with health below zero, ascending by id; returns how many the kernel judged.
 */
export function scan(state: State, room: Scan, visit: (account: number) => void): number {
  group(state, room);
  freezeInstruments(state, room);
  freezeAssets(state, room);
  for (let count = 0; count < COUNTS; count++) screenGroup(state, room, count);
  const accountCount = state.machine.accountCount.get(0);
  let judged = 0;
  for (let account = 1; account <= accountCount; account++) {
    if (room.flags[account] === 0) continue;
    judged += 1;
    if (health(state, account) < 0) visit(account);
  }
  return judged;
}

/** The obvious twin: every account by the kernel. */
export function scanPlainly(state: State, visit: (account: number) => void): void {
  const accountCount = state.machine.accountCount.get(0);
  for (let account = 1; account <= accountCount; account++) {
    if (health(state, account) < 0) visit(account);
  }
}

/** Orders accounts by position count, ascending by id within a count. */
function group(state: State, room: Scan): void {
  const counts = state.accounts.positionCount;
  const accountCount = state.machine.accountCount.get(0);
  const { order, starts } = room;
  starts.fill(0);
  for (let account = 1; account <= accountCount; account++) {
    const next = counts.get(account) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let count = 1; count <= COUNTS; count++) {
    starts[count] = (starts[count] as number) + (starts[count - 1] as number);
  }
  const cursors = starts.slice();
  for (let account = 1; account <= accountCount; account++) {
    const count = counts.get(account);
    const place = cursors[count] as number;
    order[place] = account;
    cursors[count] = place + 1;
  }
}

function freezeInstruments(state: State, room: Scan): void {
  const { instruments, machine } = state;
  const instrumentCount = machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= instrumentCount; instrument++) {
    const v = instruments.multiplier.get(instrument);
    const tiers = instrument * TIERS_MAX;
    const last = tiers + instruments.tierCount.get(instrument) - 1;
    const byVolatility = instruments.maintenanceRate.get(instrument);
    room.unitValue[instrument] = instruments.markPrice.get(instrument) * v;
    room.unitFunding[instrument] = v / TWO_32;
    room.fundingIndex[instrument] = instruments.fundingIndex.double(instrument);
    room.tierOne[instrument] =
      last > tiers ? instruments.tierLow.get(tiers + 1) : Number.POSITIVE_INFINITY;
    const rateOf = (tier: number): number =>
      Math.max(instruments.tierMaintenance.get(tier) / PPM, byVolatility);
    room.rateBelow[instrument] = rateOf(tiers);
    // T(N) ≤ N·r of its tier ≤ N·r of the last.
    room.rateAbove[instrument] = rateOf(last);
  }
}

function freezeAssets(state: State, room: Scan): void {
  const { assets, machine } = state;
  const assetCount = machine.assetCount.get(0);
  const { haircutMaintenancePpm, liabilityMaintenancePpm } = assetParameters;
  for (let asset = SETTLEMENT_ASSET; asset <= assetCount; asset++) {
    const price = asset === SETTLEMENT_ASSET ? 1 : assets.priceIndex.get(asset);
    const haircut = assetParameter(state, asset, haircutMaintenancePpm) / PPM;
    const liability = assetParameter(state, asset, liabilityMaintenancePpm) / PPM;
    const isSettlement = asset === SETTLEMENT_ASSET;
    const weight = isSettlement ? 1 : (1 - haircut) * (assetRampPpm(state, asset) / PPM);
    room.heldValue[asset] = price * weight;
    room.supplyShare[asset] = frozenSupply(state, asset);
    room.debtShare[asset] = frozenDebt(state, asset);
    room.owedValue[asset] = isSettlement ? 1 : price * (1 + liability);
  }
}

/** Flags the accounts of one position count whose bound does not clear them. */
function screenGroup(state: State, room: Scan, count: number): void {
  const { order, starts, flags, unitValue, unitFunding, fundingIndex } = room;
  const { tierOne, rateBelow, rateAbove } = room;
  const { accounts, positions } = state;
  const base = accounts.positionBase;
  const sizes = positions.size.data;
  // 4-byte cells from one position to the next, the same for lots, instruments and halves.
  const { step } = positions.size;
  const instrumentOf = positions.instrument.data;
  const entries = positions.entry.halves;
  const funded = positions.fundingIndex.halves;
  const end = starts[count + 1] as number;
  for (let place = starts[count] as number; place < end; place++) {
    const account = order[place] as number;
    const first = base.get(account);
    let bound = 0;
    let gross = 0;
    for (let k = 0; k < count; k++) {
      const cell = (first + k) * step;
      const instrument = instrumentOf[cell] as number;
      const size = sizes[cell] as number;
      const value = size * (unitValue[instrument] as number);
      const notional = Math.abs(value);
      const entry = (entries[cell + 1] as number) * TWO_32 + ((entries[cell] as number) >>> 0);
      const settled = (funded[cell + 1] as number) * TWO_32 + ((funded[cell] as number) >>> 0);
      const owed =
        size *
        (unitFunding[instrument] as number) *
        ((fundingIndex[instrument] as number) - settled);
      const rate =
        notional < (tierOne[instrument] as number) ? rateBelow[instrument] : rateAbove[instrument];
      bound += value - entry - owed - notional * (rate as number);
      gross += notional + Math.abs(entry) + Math.abs(owed);
    }
    flags[account] = isCleared(state, room, { account, bound, gross }) ? 0 : 1;
  }
}

/** Adds the balances to the bound: whether health cannot be below zero. */
function isCleared(
  state: State,
  room: Scan,
  part: { readonly account: number; readonly bound: number; readonly gross: number },
): boolean {
  const { accounts, balances } = state;
  const first = accounts.balanceBase.get(part.account);
  const end = first + accounts.balanceCount.get(part.account);
  let { bound, gross } = part;
  for (let row = first; row < end; row++) {
    const asset = balances.asset.get(row);
    const amount = balances.amount.double(row);
    const supplied = balances.supplyShares.double(row) * (room.supplyShare[asset] as number);
    const debt = balances.debtShares.double(row) * (room.debtShare[asset] as number);
    const held = amount + supplied - debt;
    const unit = held >= 0 ? room.heldValue[asset] : room.owedValue[asset];
    bound += held * (unit as number);
    gross += (amount + supplied + debt) * (room.owedValue[asset] as number);
  }
  return bound - ROUNDING * gross >= 0;
}
