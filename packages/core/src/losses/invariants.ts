import { globalParameters, LIQUIDATION_STAGE, MARKET_STATE } from '../schema/index.ts';
import { globalParameter, type State, timeMs } from '../state/index.ts';

/**
 * What must hold of losses after a block, by a full scan: for checkers, not for the machine. Empty
 * when it holds. Spec: waterfall 5.3, 7.
 */
export function lossErrors(state: State): string[] {
  const errors: string[] = [];
  const { instruments, machine } = state;
  const blockMs = globalParameter(state, globalParameters.deficitBlockMs);
  const isWaiting = machine.lossCount.get(0) > 0;
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    const badDebt = instruments.badDebt.get(instrument);
    if (badDebt > 0n && instruments.state.get(instrument) === MARKET_STATE.open) {
      errors.push(`instrument ${instrument} has bad debt and is open to new risk`);
    }
    const sinceMs = instruments.deficitMs.get(instrument);
    if (sinceMs !== 0 && !isWaiting) {
      errors.push(`instrument ${instrument} has an open deficit and no account bears one`);
    }
    if (sinceMs !== 0 && timeMs(state) - sinceMs >= blockMs && blockMs > 0) {
      errors.push(`instrument ${instrument} has a deficit open since ${sinceMs}`);
    }
  }
  checkStages(state, errors);
  return errors;
}

/** Only the budget keeps an account in the stage of losses. */
function checkStages(state: State, errors: string[]): void {
  const { accounts, positions } = state;
  for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
    const first = accounts.positionBase.get(account);
    for (let row = first; row < first + accounts.positionCount.get(account); row++) {
      if (positions.lockedGain.get(row) < 0n) {
        errors.push(`account ${account} has a locked gain below zero`);
      }
    }
    if (accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.losses) continue;
    if (accounts.liquidationWait.get(account) === 0) {
      errors.push(`account ${account} waits for its losses without a reason`);
    }
  }
}
