import { least } from '../ledger/index.ts';
import { RISK_LENGTH } from '../risk/index.ts';
import { globalParameters } from '../schema/index.ts';
import { globalParameter, type State } from '../state/index.ts';
import { fundAvailable, poolAvailable } from './insurance.ts';

/** One liquidation phase: what is left of its budget, and of insurance for fills on the book. */
export interface Run {
  readonly state: State;
  /** Room for figures of the account at hand. */
  readonly figures: Float64Array;
  /** Work left: a fill, a step, a cancel is 1 each. */
  work: number;
  /** By instrument, read when first asked for. */
  readonly poolLeft: (bigint | undefined)[];
  fundLeft: bigint | undefined;
}

export function createRun(state: State): Run {
  return {
    state,
    figures: new Float64Array(RISK_LENGTH),
    work: globalParameter(state, globalParameters.liquidationBudget),
    poolLeft: [],
    fundLeft: undefined,
  };
}

/** What pool and fund can still pay for a market in this phase, settlement units. */
export function insuranceLeft(run: Run, instrument: number): bigint {
  return poolLeft(run, instrument) + fundLeft(run, instrument);
}

/** Sets aside what a fill below the bankruptcy price will cost them: the pool first. */
export function reserveInsurance(run: Run, instrument: number, amount: bigint): void {
  const pool = poolLeft(run, instrument);
  const fromPool = least(amount, pool);
  run.poolLeft[instrument] = pool - fromPool;
  const fund = fundLeft(run, instrument);
  const fromFund = amount - fromPool;
  run.fundLeft = fund - least(fromFund, fund);
}

function poolLeft(run: Run, instrument: number): bigint {
  const known = run.poolLeft[instrument];
  if (known !== undefined) return known;
  const left = poolAvailable(run.state, instrument);
  run.poolLeft[instrument] = left;
  return left;
}

function fundLeft(run: Run, instrument: number): bigint {
  run.fundLeft ??= fundAvailable(run.state, 0);
  const forMarket = fundAvailable(run.state, instrument);
  return least(forMarket, run.fundLeft);
}
