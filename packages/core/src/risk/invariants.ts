import { LIQUIDATION_STAGE } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { explain } from './explain.ts';
import { measure, measureMaintenance, RISK, RISK_LENGTH } from './kernel.ts';
import { isLiquidatable } from './liquidatable.ts';
import { figuresInto } from './reference.ts';

// Facts that must hold after every block, checked by full scans. Spec: margin 12.

/**
 * Accounts that are liquidatable on lawful evidence and not in liquidation (I3), as sentences;
 * empty when there are none. To be asked after the liquidation phase.
 */
export function healthErrors(state: State): string[] {
  const errors: string[] = [];
  const accountCount = state.machine.accountCount.get(0);
  for (let account = 1; account <= accountCount; account++) {
    if (state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none) continue;
    if (isLiquidatable(state, account)) {
      errors.push(`account ${account} is below maintenance and not in liquidation`);
    }
  }
  return errors;
}

/** Accounts of every `stride`-th id for which kernel and parts differ in a bit; empty when none. */
export function twinErrors(state: State, stride: number): string[] {
  const errors: string[] = [];
  const accountCount = state.machine.accountCount.get(0);
  const kernel = new Float64Array(RISK_LENGTH);
  const lean = new Float64Array(RISK_LENGTH);
  const parts = new Float64Array(RISK_LENGTH);
  for (let account = 1; account <= accountCount; account += stride) {
    measure(state, account, kernel);
    measureMaintenance(state, account, lean);
    figuresInto(explain(state, account).figures, parts);
    for (const [name, cell] of Object.entries(RISK)) {
      if (!Object.is((kernel[cell] as number) + 0, (parts[cell] as number) + 0)) {
        errors.push(`account ${account}: ${name} is ${kernel[cell]} and ${parts[cell]} in parts`);
      }
    }
    for (const cell of [RISK.equity, RISK.marginBalance, RISK.maintenance]) {
      if (!Object.is(kernel[cell], lean[cell])) {
        errors.push(`account ${account}: figure ${cell} is ${kernel[cell]} and ${lean[cell]} lean`);
      }
    }
  }
  return errors;
}
