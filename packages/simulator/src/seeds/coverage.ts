import type { BlockOutcome } from '@plimsoll/core/machine';
import { type Event, type EventKind, eventSchema, rejections } from '@plimsoll/core/schema';

/** How an account, a position or a loss can go through liquidation and losses. */
export const LIQUIDATION_STAGES = [
  'cancel',
  'closeOut',
  'collateralSale',
  'adlPass1',
  'adlPass2',
  'adlPass3',
  'pools',
  'fund',
  'gains',
  'principal',
  'suppliers',
  'badDebt',
] as const;
export type LiquidationStage = (typeof LIQUIDATION_STAGES)[number];

/** What happened, by name. */
export interface Coverage {
  readonly stages: Record<LiquidationStage, number>;
  readonly events: Record<EventKind, number>;
  /** By number of the rejection, of commands, actions, observations and blocks. */
  readonly rejections: Record<string, number>;
}

/** Numbers that commands cannot bring about in a sound machine, each with why. */
export const EXEMPT_REJECTIONS: Readonly<Record<number, string>> = {
  [rejections.invariantBroken.code]:
    'it means that the machine is wrong: its occurrence fails a run',
  [rejections.closeOnly.code]: 'close-only mode begins only with a broken invariant',
};

/** Events that cannot happen in a sound machine, each with why. */
export const EXEMPT_EVENTS: Readonly<Partial<Record<EventKind, string>>> = {
  closeOnlyEntered: 'it comes with a broken invariant only',
  closeOnlyEnded: 'close-only mode begins only with a broken invariant',
};

export function emptyCoverage(): Coverage {
  const stages = Object.fromEntries(LIQUIDATION_STAGES.map((stage) => [stage, 0]));
  const events = Object.fromEntries(Object.keys(eventSchema).map((kind) => [kind, 0]));
  return {
    stages: stages as Coverage['stages'],
    events: events as Coverage['events'],
    rejections: {},
  };
}

/** Counts what a block did. */
export function countBlock(coverage: Coverage, outcome: BlockOutcome): void {
  for (const event of outcome.events) {
    coverage.events[event.kind] += 1;
    const stage = stageOf(event);
    if (stage !== undefined) coverage.stages[stage] += 1;
  }
  for (const { code } of outcome.refusals) countRejection(coverage, code);
  for (const code of outcome.observationCodes) countRejection(coverage, code);
}

export function countRejection(coverage: Coverage, code: number): void {
  if (code === 0) return;
  coverage.rejections[code] = (coverage.rejections[code] ?? 0) + 1;
}

function stageOf(event: Event): LiquidationStage | undefined {
  switch (event.kind) {
    case 'orderCancelled':
      return event.reason === 'liquidation' ? 'cancel' : undefined;
    case 'closedOut':
      return 'closeOut';
    case 'collateralSold':
      return 'collateralSale';
    case 'deleveraged':
      return `adlPass${event.pass}` as LiquidationStage;
    case 'poolDrawn':
      return event.instrument === 0 ? 'fund' : 'pools';
    case 'lossSocialized':
      return event.step;
    case 'badDebtRecorded':
      return 'badDebt';
    default:
      return undefined;
  }
}

/** Adds the counts of one run to the totals. */
export function addCoverage(totals: Coverage, counts: Coverage): void {
  for (const stage of LIQUIDATION_STAGES) totals.stages[stage] += counts.stages[stage];
  for (const kind of Object.keys(eventSchema) as EventKind[]) {
    totals.events[kind] += counts.events[kind];
  }
  for (const [code, count] of Object.entries(counts.rejections)) {
    totals.rejections[code] = (totals.rejections[code] ?? 0) + count;
  }
}

/** What never happened though it can, by name: empty when everything was covered. */
export function uncovered(totals: Coverage): {
  readonly stages: string[];
  readonly events: string[];
  readonly rejections: string[];
} {
  const stages = LIQUIDATION_STAGES.filter((stage) => totals.stages[stage] === 0);
  const events = (Object.keys(eventSchema) as EventKind[]).filter(
    (kind) => totals.events[kind] === 0 && EXEMPT_EVENTS[kind] === undefined,
  );
  const missing = Object.entries(rejections)
    .filter(([, { code }]) => EXEMPT_REJECTIONS[code] === undefined)
    .filter(([, { code }]) => (totals.rejections[code] ?? 0) === 0)
    .map(([name, { code }]) => `${code} ${name}`);
  return { stages, events, rejections: missing };
}
