import { isLiquidatable } from '../risk/index.ts';
import { LIQUIDATION_STAGE, LIQUIDATION_WAIT } from '../schema/index.ts';
import type { State } from '../state/index.ts';

/**
 * What must hold of liquidation after a block (I3), by a full scan: for checkers, not for the
 * machine. Empty when it holds. Spec: liquidation 2.3.
 */
export function liquidationErrors(state: State): string[] {
  const errors: string[] = [];
  const { accounts, machine } = state;
  let losses = 0;
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const stage = accounts.liquidationStage.get(account);
    if (stage === LIQUIDATION_STAGE.losses) losses += 1;
    if (stage === LIQUIDATION_STAGE.none) checkOutside(state, account, errors);
    else checkInside(state, account, errors);
  }
  if (losses !== machine.lossCount.get(0)) {
    errors.push(`${losses} accounts are in the stage of losses, not ${machine.lossCount.get(0)}`);
  }
  return errors;
}

function checkOutside(state: State, account: number, errors: string[]): void {
  const { accounts } = state;
  if (isLiquidatable(state, account)) {
    errors.push(`account ${account} is liquidatable and not in liquidation`);
  }
  if (accounts.liquidationMs.get(account) !== 0) {
    errors.push(`account ${account} has a time of liquidation outside of it`);
  }
  if (hasFrozenShare(state, account)) {
    errors.push(`account ${account} has frozen shares outside of liquidation`);
  }
}

function checkInside(state: State, account: number, errors: string[]): void {
  const { accounts } = state;
  if (accounts.liquidationMs.get(account) === 0) {
    errors.push(`account ${account} is in liquidation since no time`);
  }
  if (accounts.orderCount.get(account) !== 0 && !isQueued(state, account)) {
    errors.push(`account ${account} was reached by its liquidation and has orders`);
  }
  if (accounts.liquidationWait.get(account) === LIQUIDATION_WAIT.none) {
    errors.push(`account ${account} is in liquidation and waits for nothing`);
  }
}

/** Whether an account has not been reached in this block. */
function isQueued(state: State, account: number): boolean {
  const wait = state.accounts.liquidationWait.get(account);
  return (
    wait === LIQUIDATION_WAIT.budget ||
    wait === LIQUIDATION_WAIT.evidence ||
    wait === LIQUIDATION_WAIT.grace
  );
}

function hasFrozenShare(state: State, account: number): boolean {
  const { accounts, positions, balances } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    if (positions.frozenMaintenance.get(row) !== 0) return true;
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    if (balances.frozenMaintenance.get(row) !== 0) return true;
  }
  return false;
}
