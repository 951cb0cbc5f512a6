import { ln } from '../../../src/math/index.ts';
import {
  aggregateIndex,
  checkObservation,
  disputeAfter,
  graceAfterHalt,
  type IndexRecord,
  indexStatus,
  limitRate,
  plausibleRange,
  type RangeEvidence,
  type Report,
  rateForNewRisk,
  rateTarget,
  type StepRule,
  stepIndex,
  stepSlowPrice,
  stepVariance,
  type VolatilityRule,
} from '../../../src/oracle/index.ts';
import { INDEX_STATUS } from '../../../src/schema/index.ts';
import type { FigureRunner } from '../figure.ts';

type StatusName = keyof typeof INDEX_STATUS;

const noEvidence: IndexRecord = {
  index: 0,
  confidence: 0,
  acceptedMs: 0,
  pendingPrice: 0,
  pendingReference: 0,
  pendingCounter: 0,
  pendingSinceMs: 0,
};

function statusName(status: number): string {
  return Object.entries(INDEX_STATUS).find(([, code]) => code === status)?.[0] ?? 'unknown';
}

export const oracleRunners: Readonly<Record<string, FigureRunner>> = {
  checkObservations: (input: {
    rule: Parameters<typeof checkObservation>[1];
    observations: { price: string; confidence: string; timeMs: number }[];
  }) =>
    input.observations.map(({ price, confidence, timeMs }) =>
      checkObservation(
        { price: BigInt(price), confidence: BigInt(confidence), timeMs },
        input.rule,
      ),
    ),
  aggregateIndex: (input: {
    reports: Report[];
    rule: { timeMs: number; ageMaxMs: number; sourcesMin: number };
  }) => aggregateIndex(input.reports, input.rule),
  stepIndex: (input: {
    record: Partial<IndexRecord>;
    rule: Omit<StepRule, 'timeMs'>;
    aggregates: { timeMs: number; index: number; confidence: number; oldestMs: number }[];
  }) => {
    let record: IndexRecord = { ...noEvidence, ...input.record };
    const outcomes = input.aggregates.map(({ timeMs, ...aggregate }) => {
      const step = stepIndex(record, aggregate, { ...input.rule, timeMs });
      record = step.record;
      return step.outcome;
    });
    return { outcomes, ...record };
  },
  indexStatus: (input: {
    record: Parameters<typeof indexStatus>[0];
    rule: { staleAfterMs: number; haltAfterMs: number };
    timesMs: number[];
  }) =>
    input.timesMs.map((timeMs) => statusName(indexStatus(input.record, { ...input.rule, timeMs }))),
  disputeAfter: (input: {
    disputedMs: number;
    disputeMs: number;
    blocks: { timeMs: number; hasQuorum: boolean }[];
  }) => {
    let { disputedMs } = input;
    return input.blocks.map((block) => {
      disputedMs = disputeAfter(disputedMs, { ...block, disputeMs: input.disputeMs });
      return disputedMs;
    });
  },
  graceAfterHalt: (input: { halts: Parameters<typeof graceAfterHalt>[0][] }) =>
    input.halts.map((halt) => graceAfterHalt(halt)),
  plausibleRange: (input: {
    evidence: Omit<RangeEvidence, 'status' | 'variance'> & { status: StatusName; sigma: number };
    rule: { zMilli: number; plausibleMaxPpm: number };
  }) => {
    const { status, sigma, ...rest } = input.evidence;
    const evidence = { ...rest, status: INDEX_STATUS[status], variance: sigma * sigma };
    return plausibleRange(evidence, input.rule);
  },
  stepSlowPrice: (input: { slow: number; step: Parameters<typeof stepSlowPrice>[1] }) =>
    stepSlowPrice(input.slow, input.step),
  stepVariance: (input: { sigma: number; lambda: number; k: number; from: number; to: number }) => {
    const logReturn = ln(input.to / input.from);
    return Math.sqrt(stepVariance(input.sigma * input.sigma, { ...input, logReturn }));
  },
  rateTarget: (input: { sigmaFast: number; sigmaSlow: number; rule: VolatilityRule }) =>
    rateTarget(
      {
        varianceFast: input.sigmaFast * input.sigmaFast,
        varianceSlow: input.sigmaSlow * input.sigmaSlow,
      },
      input.rule,
    ),
  limitRate: (input: {
    previous: number;
    target: number;
    k: number;
    rule: { rateUpPpmPerDay: number; rateDownPpmPerDay: number };
  }) => {
    const rate = limitRate(input.previous, input, input.rule);
    return { rate, forNewRisk: rateForNewRisk({ rate, target: input.target }) };
  },
};
