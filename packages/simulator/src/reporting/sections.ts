import { liquidatedNotional } from '../metrics.ts';
import { PAYERS, type Payer, type ScenarioResult, STAGES, type Stage } from '../result.ts';
import { countText, decimalText, durationText, instantText, moneyText } from './figures.ts';

/** What a cell is about, for color: a good or a bad outcome. */
export type Tone = 'plain' | 'good' | 'bad' | 'muted';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

/** One table of a report. The first column is text, the others are figures. */
export interface Section {
  readonly title: string;
  /** Heads of the figures; the head of the first column is the title. */
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  cancel: 'orders cancelled',
  closeOut: 'closed out on the book',
  fundTrade: 'sold to the shared fund',
  adl: 'auto-deleveraged',
  socialize: 'loss socialized',
};

const PAYER_NAMES: Readonly<Record<Payer, string>> = {
  marketPool: "the markets' pools",
  sharedFund: 'the shared fund',
  adl: 'winners, by ADL',
  gains: 'gains in the market, socialized',
  principal: 'holders in the market, socialized',
  suppliers: 'suppliers of the asset',
  badDebt: 'nobody yet (bad debt)',
};

const cell = (text: string, tone: Tone = 'plain'): Cell => ({ text, tone });
const count = (value: number): Cell => cell(countText(value), value === 0 ? 'muted' : 'plain');
const money = (amount: bigint, result: ScenarioResult, tone: Tone = 'plain'): Cell =>
  cell(moneyText(amount, result.settlement.decimals), amount === 0n ? 'muted' : tone);

function liquidationSection(result: ScenarioResult): Section {
  const { liquidation, settlement } = result;
  const rows = STAGES.map((stage) => {
    const { accountCount, stepCount, notional } = liquidation.stages[stage];
    return [
      cell(STAGE_NAMES[stage], accountCount === 0 ? 'muted' : 'plain'),
      count(accountCount),
      count(stepCount),
      money(notional, result),
    ];
  });
  const steps = STAGES.reduce((sum, stage) => sum + liquidation.stages[stage].stepCount, 0);
  return {
    title: 'Liquidation',
    heads: ['accounts', 'steps', `notional ${settlement.asset}`],
    rows: [
      ...rows,
      [
        cell('accounts under liquidation'),
        count(liquidation.accountCount),
        count(steps),
        money(liquidatedNotional(result), result),
      ],
      [
        cell('of them unresolved at the end'),
        cell(
          countText(liquidation.unresolvedCount),
          liquidation.unresolvedCount > 0 ? 'bad' : 'muted',
        ),
        cell(''),
        cell(''),
      ],
    ],
  };
}

function lossSection(result: ScenarioResult): Section {
  const { losses, settlement } = result;
  return {
    title: 'Who paid',
    heads: [settlement.asset],
    rows: [
      [cell('shortfall of liquidated accounts'), money(losses.shortfall, result)],
      ...PAYERS.map((payer) => {
        const amount = losses.paid[payer];
        const tone: Tone = amount === 0n ? 'muted' : 'plain';
        return [
          cell(`paid by ${PAYER_NAMES[payer]}`, tone),
          money(amount, result, payer === 'badDebt' ? 'bad' : 'plain'),
        ];
      }),
    ],
  };
}

function tradingSection(result: ScenarioResult): Section {
  const { commands, liquidation, losses } = result;
  const refused = Object.entries(commands.refused).sort(([a], [b]) => Number(a) - Number(b));
  return {
    title: 'Trading',
    heads: [''],
    rows: [
      [cell('commands accepted'), count(commands.accepted)],
      ...refused.map(([code, times]) => [cell(`commands refused with ${code}`), count(times)]),
      [cell('fills'), count(commands.fills)],
      [cell('accounts closed against by ADL'), count(losses.adlCounterpartyCount)],
      [cell('slippage of close-outs, mean'), cell(`${decimalText(liquidation.slippageMeanBp)} bp`)],
      [cell('slippage of close-outs, worst'), cell(`${decimalText(liquidation.slippageMaxBp)} bp`)],
      [cell(`penalties, ${result.settlement.asset}`), money(liquidation.penalties, result)],
    ],
  };
}

function runSection(result: ScenarioResult): Section {
  const { blockTimes, roots } = result;
  const repeated: Cell =
    roots.isRepeated === null
      ? cell('not run twice', 'muted')
      : roots.isRepeated
        ? cell('the same', 'good')
        : cell('DIFFERENT', 'bad');
  return {
    title: 'Blocks and roots',
    heads: [''],
    rows: [
      [cell('blocks'), count(result.blockCount)],
      [cell('time of all blocks'), cell(durationText(blockTimes.totalMs))],
      [
        cell('block time: median, p99, longest'),
        cell([blockTimes.p50Ms, blockTimes.p99Ms, blockTimes.maxMs].map(durationText).join(', ')),
      ],
      [cell('root at the start'), cell(roots.genesis)],
      [cell('root at the end'), cell(roots.final)],
      [cell('chain of all blocks'), cell(roots.chain)],
      [cell('same seed, second run'), repeated],
    ],
  };
}

function checkSection(result: ScenarioResult): Section {
  const { checks, actions, assertions } = result;
  const asExpected = actions.filter((action) => action.holds).length;
  const outcome = (code: number | null): string =>
    code === null ? 'never sent' : code === 0 ? 'accepted' : `refused with ${code}`;
  return {
    title: 'Checks',
    heads: [''],
    rows: [
      [
        cell(`${countText(checks.count)} invariant checks`),
        checks.count === 0
          ? cell('not checked', 'muted')
          : checks.violations.length === 0
            ? cell('no violation', 'good')
            : cell(`${countText(checks.violations.length)} violations`, 'bad'),
      ],
      ...checks.violations
        .slice(0, 10)
        .map((one) => [
          cell(`block ${one.height}: ${one.checker}: ${one.message}`),
          cell('violated', 'bad'),
        ]),
      ...(actions.length === 0
        ? []
        : [
            [
              cell('actions with the expected outcome'),
              cell(
                `${asExpected} of ${actions.length}`,
                asExpected === actions.length ? 'good' : 'bad',
              ),
            ],
          ]),
      ...actions
        .filter((action) => !action.holds)
        .slice(0, 10)
        .map((one) => [
          cell(
            `${one.kind} of ${one.account} at ${one.timeMs} ms: expected ${outcome(one.expected)}`,
          ),
          cell(outcome(one.actual), 'bad'),
        ]),
      ...assertions.map((one) => [
        cell(one.claim),
        cell(
          one.holds ? `holds: ${one.actual}` : `FAILS: ${one.actual}`,
          one.holds ? 'good' : 'bad',
        ),
      ]),
    ],
  };
}

/** All tables of a result, in the order in which they are read. */
export function resultSections(result: ScenarioResult): Section[] {
  if (result.status === 'skipped') return [];
  return [
    liquidationSection(result),
    lossSection(result),
    tradingSection(result),
    runSection(result),
    checkSection(result),
  ];
}

/** One line on what was run. */
export function resultSummary(result: ScenarioResult): string {
  if (result.status === 'skipped') return 'not run';
  const length = durationText(result.blockCount * result.intervalMs);
  return [
    `${countText(result.accountCount)} accounts`,
    `${countText(result.blockCount)} blocks of ${durationText(result.intervalMs)} (${length})`,
    `from ${instantText(result.startTimeMs)}`,
    `seed ${result.seed}`,
  ].join(', ');
}

/** Whether everything that was claimed of the run holds. */
export function isContent(result: ScenarioResult): boolean {
  return (
    result.checks.violations.length === 0 &&
    result.roots.isRepeated !== false &&
    result.actions.every((action) => action.holds) &&
    result.assertions.every((assertion) => assertion.holds)
  );
}
