import { pruneBalance } from '../ledger/index.ts';
import { prunePosition } from '../positions/index.ts';
import {
  maintenanceMargin,
  maintenanceTiers,
  measureMaintenance,
  RISK,
  rearm,
} from '../risk/index.ts';
import {
  assetParameters,
  type EventOf,
  LIQUIDATION_STAGE,
  LIQUIDATION_WAIT,
  SETTLEMENT_ASSET,
} from '../schema/index.ts';
import { assetParameter, type State, timeMs } from '../state/index.ts';

// How an account enters liquidation, waits in it and leaves it. Spec: liquidation 2.

export type WaitReason = EventOf<'liquidationWaited'>['reason'];
export type LiquidationOutcome = EventOf<'liquidationEnded'>['outcome'];

const PPM = 1_000_000;

/**
 * Puts an account into liquidation: its shares in later losses are frozen now. Spec: liquidation
 * 2.3.
 */
export function startLiquidation(state: State, account: number): void {
  const { accounts } = state;
  const figures = state.scratch;
  measureMaintenance(state, account, figures);
  const maintenance = figures[RISK.maintenance] as number;
  const health = (figures[RISK.marginBalance] as number) - maintenance;
  const equity = figures[RISK.equity] as number;
  accounts.liquidationStage.set(account, LIQUIDATION_STAGE.closeOut);
  accounts.liquidationMs.set(account, timeMs(state));
  accounts.liquidationWait.set(account, LIQUIDATION_WAIT.none);
  freezeShares(state, account);
  state.events.push({ kind: 'liquidationStarted', account, health, equity, maintenance });
}

/** Maintenance of each position, and of each loan what it weighs above its value. */
function freezeShares(state: State, account: number): void {
  const { accounts, positions, balances, instruments, assets } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const size = Math.abs(positions.size.get(row));
    if (size === 0) continue;
    const instrument = positions.instrument.get(row);
    const notional =
      size * instruments.markPrice.get(instrument) * instruments.multiplier.get(instrument);
    const rate = instruments.maintenanceRate.get(instrument);
    const tiers = maintenanceTiers(state, instrument);
    positions.frozenMaintenance.set(row, maintenanceMargin(tiers, notional, rate));
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const asset = balances.asset.get(row);
    const owed = balances.debtShares.double(row) * assets.debtPerShare.get(asset);
    if (owed === 0 || asset === SETTLEMENT_ASSET) continue;
    const liability = assetParameter(state, asset, assetParameters.liabilityMaintenancePpm);
    const value = owed * assets.priceIndex.get(asset);
    balances.frozenMaintenance.set(row, (value * liability) / PPM);
  }
}

/** Moves an account between the stages of liquidation. */
export function setStage(state: State, account: number, stage: number): void {
  const { liquidationStage } = state.accounts;
  const before = liquidationStage.get(account);
  if (before === stage) return;
  if (before === LIQUIDATION_STAGE.losses) state.machine.lossCount.add(0, -1);
  if (stage === LIQUIDATION_STAGE.losses) state.machine.lossCount.add(0, 1);
  liquidationStage.set(account, stage);
}

/** Notes why an account waits; told once, when the reason changes. */
export function waitFor(state: State, account: number, reason: WaitReason): void {
  const { liquidationWait } = state.accounts;
  if (liquidationWait.get(account) === LIQUIDATION_WAIT[reason]) return;
  liquidationWait.set(account, LIQUIDATION_WAIT[reason]);
  state.events.push({ kind: 'liquidationWaited', account, reason });
}

/** An account does not wait any more. */
export function clearWait(state: State, account: number): void {
  state.accounts.liquidationWait.set(account, LIQUIDATION_WAIT.none);
}

/** Takes an account out of liquidation; its frozen shares go, and rows that hold nothing. */
export function endLiquidation(state: State, account: number, outcome: LiquidationOutcome): void {
  setStage(state, account, LIQUIDATION_STAGE.none);
  state.accounts.liquidationMs.set(account, 0);
  clearWait(state, account);
  clearShares(state, account);
  state.events.push({ kind: 'liquidationEnded', account, outcome });
  rearm(state, account);
}

/** Downward, from where the rows lie now: a removal may move all of them. */
function clearShares(state: State, account: number): void {
  const { accounts, positions, balances } = state;
  for (let k = accounts.positionCount.get(account) - 1; k >= 0; k--) {
    const row = accounts.positionBase.get(account) + k;
    positions.frozenMaintenance.set(row, 0);
    prunePosition(state, account, positions.instrument.get(row));
  }
  for (let k = accounts.balanceCount.get(account) - 1; k >= 0; k--) {
    const row = accounts.balanceBase.get(account) + k;
    balances.frozenMaintenance.set(row, 0);
    pruneBalance(state, account, row);
  }
}

/** Whether an account holds a position. */
export function hasPosition(state: State, account: number): boolean {
  const first = state.accounts.positionBase.get(account);
  const end = first + state.accounts.positionCount.get(account);
  for (let row = first; row < end; row++) if (state.positions.size.get(row) !== 0) return true;
  return false;
}

/** Whether an account owes anything. */
export function hasDebt(state: State, account: number): boolean {
  const base = state.accounts.balanceBase.get(account);
  const end = base + state.accounts.balanceCount.get(account);
  for (let row = base; row < end; row++) if (state.balances.debtShares.get(row) !== 0n) return true;
  return false;
}
