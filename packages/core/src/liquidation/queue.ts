import {
  arm,
  health,
  liquidationVerdict,
  measureMaintenance,
  nominate,
  RISK,
  raiseFloors,
  VERDICT,
} from '../risk/index.ts';
import { globalParameters, LIQUIDATION_STAGE } from '../schema/index.ts';
import { globalParameter, type State, timeMs } from '../state/index.ts';
import { clearWait, endLiquidation, setStage, startLiquidation, waitFor } from './stage.ts';

const PPM = 1_000_000;
const SECOND_MS = 1_000;

/** An account that may be liquidated in this block. */
export interface Candidate {
  readonly account: number;
  /** Its projected shortfall, grown by how long it has waited; settlement units. */
  readonly priority: number;
}

/**
 * Judges every nominated account and returns those to liquidate, most urgent first. Whoever is
 * liquidatable is in liquidation from here on, reached or not; whoever has recovered leaves it.
 * Spec: liquidation 2.3 to 2.6.
 */
export function collectCandidates(state: State): Candidate[] {
  const nominees: number[] = [];
  nominate(state, (account) => nominees.push(account));
  const candidates: Candidate[] = [];
  for (const account of nominees) {
    const measured = health(state, account);
    if (measured >= 0) {
      dropHealthy(state, account, measured);
      continue;
    }
    const verdict = liquidationVerdict(state, account);
    if (verdict === VERDICT.liquidatable) candidates.push(admit(state, account));
    else holdBack(state, account, verdict);
  }
  raiseFloors(state);
  candidates.sort((a, b) => b.priority - a.priority || a.account - b.account);
  return candidates;
}

function dropHealthy(state: State, account: number, measured: number): void {
  if (state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none) {
    endLiquidation(state, account, 'cured');
    return;
  }
  clearWait(state, account);
  arm(state, account, measured);
}

/** Below maintenance at the mark, but not on lawful evidence. It stays nominated. */
function holdBack(state: State, account: number, verdict: number): void {
  if (state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none) {
    setStage(state, account, LIQUIDATION_STAGE.closeOut);
  }
  waitFor(state, account, verdict === VERDICT.grace ? 'grace' : 'evidence');
}

function admit(state: State, account: number): Candidate {
  if (state.accounts.liquidationStage.get(account) === LIQUIDATION_STAGE.none) {
    startLiquidation(state, account);
  }
  return { account, priority: priorityOf(state, account) };
}

/** (max(0, MM − MB) + max(0, −E)) × (1 + ageing × time waited). */
function priorityOf(state: State, account: number): number {
  const figures = state.scratch;
  measureMaintenance(state, account, figures);
  const short = (figures[RISK.maintenance] as number) - (figures[RISK.marginBalance] as number);
  const shortfall = Math.max(0, short) + Math.max(0, -(figures[RISK.equity] as number));
  const waitedMs = timeMs(state) - state.accounts.liquidationMs.get(account);
  const ageingPpm = globalParameter(state, globalParameters.ageingPpmPerSecond);
  return shortfall * (1 + (ageingPpm / PPM) * (waitedMs / SECOND_MS));
}
