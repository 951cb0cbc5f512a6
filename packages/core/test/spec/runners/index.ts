// The registry of runners: every `json figure` block of docs/spec names a function, and the
// function is looked up here. One file per layer; a layer joins by one import and one line in
// `layers`.
import type { FigureRunner } from '../figure.ts';
import { accountsRunners } from './accounts.ts';
import { custodyRunners } from './custody.ts';
import { governanceRunners } from './governance.ts';
import { ledgerRunners } from './ledger.ts';
import { liquidationRunners } from './liquidation.ts';
import { lossesRunners } from './losses.ts';
import { mathRunners } from './math.ts';
import { oracleRunners } from './oracle.ts';
import { oraclePhaseRunners } from './oraclePhase.ts';
import { positionsRunners } from './positions.ts';
import { riskRunners } from './risk.ts';
import { schemaRunners } from './schema.ts';
import { venueRunners } from './venue.ts';
import { venueMarkRunners } from './venueMark.ts';

const layers: readonly Readonly<Record<string, FigureRunner>>[] = [
  accountsRunners,
  custodyRunners,
  governanceRunners,
  ledgerRunners,
  liquidationRunners,
  lossesRunners,
  mathRunners,
  oraclePhaseRunners,
  oracleRunners,
  positionsRunners,
  riskRunners,
  schemaRunners,
  venueMarkRunners,
  venueRunners,
];

/** Every runner by the name that figure blocks call it. A name taken twice is refused. */
export const runners: ReadonlyMap<string, FigureRunner> = merge();

function merge(): Map<string, FigureRunner> {
  const all = new Map<string, FigureRunner>();
  for (const [name, runner] of layers.flatMap((layer) => Object.entries(layer))) {
    if (all.has(name)) throw new Error(`two runners are called ${name}`);
    all.set(name, runner);
  }
  return all;
}
