import { PAYERS, type Payer, type ScenarioResult, STAGES, type Stage } from '../result.ts';
import type { Scenario } from '../scenarios/index.ts';

/** The result of a scenario that was not run, with the reason. */
export function skippedResult(scenario: Scenario, reason: string): ScenarioResult {
  const nothing = { accountCount: 0, stepCount: 0, notional: 0n };
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, nothing]));
  const paid = Object.fromEntries(PAYERS.map((payer) => [payer, 0n]));
  const liquidated = Object.fromEntries(STAGES.map((stage): [string, number[]] => [stage, []]));
  return {
    name: scenario.name,
    description: scenario.description,
    seed: scenario.seed,
    status: 'skipped',
    skipped: [reason],
    notes: [],
    startTimeMs: scenario.startTimeMs,
    intervalMs: scenario.intervalMs,
    blockCount: 0,
    accountCount: 0,
    settlement: { asset: scenario.settlement.name, decimals: scenario.settlement.decimals },
    series: {
      timeMs: [],
      prices: [],
      health: { edges: [], counts: [] },
      liquidated: liquidated as Record<Stage, number[]>,
      pools: [],
      blockMs: [],
    },
    commands: { accepted: 0, refused: {}, fills: 0 },
    liquidation: {
      accountCount: 0,
      unresolvedCount: 0,
      stages: stages as Record<Stage, typeof nothing>,
      penalties: 0n,
      slippageMeanBp: 0,
      slippageMaxBp: 0,
    },
    losses: { shortfall: 0n, paid: paid as Record<Payer, bigint>, adlCounterpartyCount: 0 },
    blockTimes: { totalMs: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 },
    roots: { genesis: '', final: '', chain: '', isRepeated: null },
    checks: { count: 0, violations: [] },
    actions: [],
    assertions: [],
  };
}
