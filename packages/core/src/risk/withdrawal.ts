import { balanceAmount, take } from '../ledger/index.ts';
import {
  accepted,
  type Code,
  globalParameters,
  INDEX_STATUS,
  instrumentParameters,
  LIQUIDATION_STAGE,
  rejections,
} from '../schema/index.ts';
import {
  findBalance,
  globalParameter,
  instrumentParameter,
  refuse,
  rollbackTo,
  type State,
  savepoint,
  timeMs,
} from '../state/index.ts';
import { balanceParts, type PositionPart, positionParts } from './explain.ts';
import { countedLoss } from './formulas/gains.ts';
import { unwindCost } from './formulas/unwind.ts';
import { measure, RISK } from './kernel.ts';

// What must stay when money leaves an account (rule F4). Spec: margin 6.

const PPM = 1_000_000;

/** What an account has for withdrawals and what must stay, settlement units. */
export interface WithdrawalTest {
  /** C + Σ min(0, U) − Σ L. */
  readonly available: number;
  /** max(Σ R, floor·Σ N) + Σ imp. */
  readonly required: number;
}

/**
 * Why money may not leave an account in the state it would leave behind; 0 when it may. The money
 * has left already: the caller undoes it. `asset` is what leaves, when its evidence is to be tested
 * too.
 */
export function withdrawalRefusal(state: State, account: number, asset = 0): Code {
  if (state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none) {
    return refuse(state, rejections.inLiquidation, { account });
  }
  if (isExempt(state, account)) return accepted;
  const code = deficitRefusal(state, account) || evidenceRefusal(state, account, asset);
  if (code !== accepted) return code;
  const { available, required } = withdrawalTest(state, account);
  if (available >= required) return accepted;
  return refuse(state, rejections.withdrawalMargin, { account, required, available });
}

/** Whether an account has neither positions, open orders, loans nor locked gains. */
export function isExempt(state: State, account: number): boolean {
  const { accounts, balances, positions } = state;
  const first = accounts.positionBase.get(account);
  const end = first + accounts.positionCount.get(account);
  for (let row = first; row < end; row++) {
    if (positions.size.get(row) !== 0) return false;
    if (positions.bidLots.get(row) !== 0 || positions.askLots.get(row) !== 0) return false;
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    if (balances.debtShares.get(row) !== 0n) return false;
  }
  const figures = state.scratch;
  measure(state, account, figures);
  return (figures[RISK.lockedGain] as number) === 0;
}

/** Both sides of F4 as the account stands. */
export function withdrawalTest(state: State, account: number): WithdrawalTest {
  const figures = state.scratch;
  measure(state, account, figures);
  const parts = positionParts(state, account);
  const floor = globalParameter(state, globalParameters.withdrawalFloorPpm) / PPM;
  const least = floor * (figures[RISK.notional] as number);
  let unwinding = 0;
  for (const part of parts) unwinding += unwindOf(state, part);
  const available = figures[RISK.withdrawalBalance] as number;
  const locked = figures[RISK.lockedGain] as number;
  return {
    available: available - locked - doubtOf(state, parts) - unprovenOf(state, account),
    required: Math.max(figures[RISK.initial] as number, least) + unwinding,
  };
}

/** imp(N) of a position: a long would hit the bids, a short the asks. */
function unwindOf(state: State, part: PositionPart): number {
  const { instrument, notional, size } = part;
  const { depthBid, depthAsk } = state.instruments;
  const { halfSpreadPpm, unwindPpm, unwindMaxPpm } = instrumentParameters;
  return unwindCost(notional, {
    halfSpread: instrumentParameter(state, instrument, halfSpreadPpm) / PPM,
    unwind: instrumentParameter(state, instrument, unwindPpm) / PPM,
    costMax: instrumentParameter(state, instrument, unwindMaxPpm) / PPM,
    depth: (size > 0 ? depthBid : depthAsk).get(instrument),
  });
}

/**
 * What positions may have lost that an index which is not ok does not show yet: the further loss at
 * the unfavorable end of its plausible range. 0 while every index is ok. Spec: margin 6.4.
 */
function doubtOf(state: State, parts: readonly PositionPart[]): number {
  const { underlyings } = state;
  let doubt = 0;
  const seen: number[] = [];
  for (const { underlying } of parts) {
    if (seen.includes(underlying)) continue;
    seen.push(underlying);
    if (underlyings.status.get(underlying) === INDEX_STATUS.ok) continue;
    const index = underlyings.index.get(underlying);
    if (index <= 0) continue;
    const ends = [
      underlyings.plausibleLow.get(underlying),
      underlyings.plausibleHigh.get(underlying),
    ];
    const own = parts.filter((part) => part.underlying === underlying);
    const now = countedLoss(nettedAt(own, 0));
    const worst = Math.min(...ends.map((end) => countedLoss(nettedAt(own, end / index - 1))));
    doubt += Math.max(0, now - worst);
  }
  return doubt;
}

/** U of an underlying for new risk, were its prices to move by a fraction. */
function nettedAt(parts: readonly PositionPart[], move: number): number {
  let netted = 0;
  for (const { unrealizedNewRisk, notional, size } of parts) {
    netted += unrealizedNewRisk + (size > 0 ? notional : -notional) * move;
  }
  return netted;
}

/**
 * Blocked while a market of the account, or a lending market, has an open deficit; T_block at most.
 */
function deficitRefusal(state: State, account: number): Code {
  const { accounts, positions, balances, instruments, assets } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const instrument = positions.instrument.get(row);
    if (isOpenDeficit(state, instruments.deficitMs.get(instrument))) {
      return refuse(state, rejections.openDeficit, { account, instrument });
    }
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const asset = balances.asset.get(row);
    const isLending = balances.debtShares.get(row) !== 0n || balances.supplyShares.get(row) !== 0n;
    if (isLending && isOpenDeficit(state, assets.deficitMs.get(asset))) {
      return refuse(state, rejections.openDeficit, { account, asset });
    }
  }
  return accepted;
}

function isOpenDeficit(state: State, sinceMs: number): boolean {
  if (sinceMs === 0) return false;
  return timeMs(state) - sinceMs < globalParameter(state, globalParameters.deficitBlockMs);
}

/** Blocked unless the asset that leaves, and every asset that the account owes, has an ok index. */
function evidenceRefusal(state: State, account: number, asset: number): Code {
  if (asset !== 0 && !isAssetOk(state, asset)) {
    return refuse(state, rejections.priceNotOk, { account, asset });
  }
  const { accounts, balances } = state;
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const owed = balances.asset.get(row);
    if (balances.debtShares.get(row) !== 0n && !isAssetOk(state, owed)) {
      return refuse(state, rejections.priceNotOk, { account, asset: owed });
    }
  }
  return accepted;
}

/**
 * What the test counts for assets whose index is not ok: it is taken off again. To be blocked by
 * what one holds would let anybody block an account by sending it a unit. Spec: margin 6.5.
 */
function unprovenOf(state: State, account: number): number {
  let unproven = 0;
  const base = state.accounts.balanceBase.get(account);
  for (let row = base; row < base + state.accounts.balanceCount.get(account); row++) {
    if (isAssetOk(state, state.balances.asset.get(row))) continue;
    for (const part of balanceParts(state, account)) {
      if (!isAssetOk(state, part.asset)) unproven += Math.max(0, part.initialValue);
    }
    return unproven;
  }
  return unproven;
}

function isAssetOk(state: State, asset: number): boolean {
  const underlying = state.assets.underlying.get(asset);
  return underlying === 0 || state.underlyings.status.get(underlying) === INDEX_STATUS.ok;
}

/**
 * The largest amount of an asset that may leave an account now, in asset units: by bisection over
 * `withdrawalRefusal` itself, through the undo log. The state is left as it was.
 */
export function maximumWithdrawal(state: State, account: number, asset: number): bigint {
  const figures = state.figures;
  let low = 0n;
  let high = findBalance(state, account, asset) < 0 ? 0n : balanceAmount(state, account, asset);
  while (low < high) {
    // Up, so that a range of two amounts asks for the larger.
    const middle = high - ((high - low) >> 1n);
    if (mayLeave(state, { account, asset, amount: middle })) low = middle;
    else high = middle - 1n;
  }
  state.figures = figures;
  return low;
}

function mayLeave(
  state: State,
  out: { readonly account: number; readonly asset: number; readonly amount: bigint },
): boolean {
  const point = savepoint(state);
  const taken = take(state, out.account, out.asset, out.amount);
  const code = taken === accepted ? withdrawalRefusal(state, out.account, out.asset) : taken;
  rollbackTo(state, point);
  return code === accepted;
}
