import { disarmTouched, measureMaintenance, RISK } from '../risk/index.ts';
import { globalParameters, LIQUIDATION_STAGE } from '../schema/index.ts';
import { globalParameter, type State } from '../state/index.ts';
import { cancelOrders } from '../venue/index.ts';
import { isAtTarget } from './bookFill.ts';
import { closeInsolvent, closeLeast } from './closeOut.ts';
import { tradeWithFund } from './collateralSale.ts';
import { isKeptForBuyer } from './fundTrade.ts';
import { bufferOf } from './leg.ts';
import { collectCandidates } from './queue.ts';
import { createRun, type Run } from './run.ts';
import { clearWait, endLiquidation, hasDebt, hasPosition, setStage, waitFor } from './stage.ts';

/**
 * The liquidation phase of a block: whoever is below maintenance on lawful evidence, most urgent
 * first, as far as the block's budget goes; the rest waits in the same queue. Spec: liquidation 2.
 */
export function runLiquidations(state: State): void {
  const entries = state.log.count;
  const candidates = collectCandidates(state);
  const run = createRun(state);
  const accountsMax = globalParameter(state, globalParameters.liquidationBlockAccountsMax);
  candidates.forEach(({ account }, k) => {
    if (k < accountsMax && run.work > 0) liquidate(run, account);
    else waitFor(state, account, 'budget');
  });
  disarmTouched(state, entries);
}

/** One step of one account through the stages. */
function liquidate(run: Run, account: number): void {
  const { state, figures } = run;
  setStage(state, account, LIQUIDATION_STAGE.closeOut);
  run.work -= 1 + cancelOrders(state, { account, instrument: 0, reason: 'liquidation' });
  measureMaintenance(state, account, figures);
  if ((figures[RISK.equity] as number) < 0) closeInsolvent(run, account);
  else restore(run, account);
  conclude(run, account);
}

/** A solvent account: its positions, and without any its collateral. */
function restore(run: Run, account: number): void {
  if (hasPosition(run.state, account)) closeLeast(run, account);
  if (!hasPosition(run.state, account) && !isSettled(run, account)) tradeWithFund(run, account);
}

function isSettled(run: Run, account: number): boolean {
  measureMaintenance(run.state, account, run.figures);
  return isAtTarget(run, bufferOf(run.state));
}

/** Ends the liquidation, hands the account to the losses, or notes what it waits for. */
function conclude(run: Run, account: number): void {
  const { state, figures } = run;
  if (isSettled(run, account)) {
    const isEmpty = !hasPosition(state, account) && !hasDebt(state, account);
    endLiquidation(state, account, isEmpty ? 'emptied' : 'restored');
    return;
  }
  const isBankrupt = (figures[RISK.equity] as number) <= 0;
  if (isBankrupt && !isKeptForBuyer(state, account)) {
    setStage(state, account, LIQUIDATION_STAGE.losses);
    clearWait(state, account);
  } else {
    waitFor(state, account, hasPosition(state, account) ? 'depth' : 'noBuyer');
  }
}
