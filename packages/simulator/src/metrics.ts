import { formatAmount, parseDecimal, toDouble } from '@plimsoll/api/units';
import type { AssertionOutcome, Payer, ScenarioResult, Stage } from './result.ts';
import { PAYERS, STAGES } from './result.ts';
import type { AssertionOp, AssertionSpec } from './scenarios/scenarioFile.ts';

/** A result before its assertions are judged. */
export type UnjudgedResult = Omit<ScenarioResult, 'assertions'>;

export type MetricName =
  | 'blocks'
  | 'accounts'
  | 'fills'
  | 'commandsAccepted'
  | 'commandsRefused'
  | 'actionsFailed'
  | 'violations'
  | 'accountsLiquidated'
  | 'accountsUnresolved'
  | 'accountsAtStage'
  | 'stepsAtStage'
  | 'notionalAtStage'
  | 'liquidatedNotional'
  | 'penalties'
  | 'slippageMeanBp'
  | 'slippageMaxBp'
  | 'adlCounterparties'
  | 'shortfall'
  | 'paid'
  | 'badDebt'
  | 'poolBalance'
  | 'finalIndexPrice'
  | 'finalMarkPrice';

/** What can be asserted, and what `of` chooses. */
export interface MetricRule {
  readonly meaning: string;
  /** What `of` must be: a fixed list, the name of a thing of the scenario, or nothing. */
  readonly of: 'none' | 'stage' | 'payer' | 'pool' | 'instrument' | 'code';
}

export const METRICS: Readonly<Record<MetricName, MetricRule>> = {
  blocks: { meaning: 'blocks that were run', of: 'none' },
  accounts: { meaning: 'accounts that were opened', of: 'none' },
  fills: { meaning: 'fills on the books', of: 'none' },
  commandsAccepted: { meaning: 'commands accepted', of: 'none' },
  commandsRefused: { meaning: 'commands refused; with `of`, by that number', of: 'code' },
  actionsFailed: { meaning: 'actions whose outcome was not the expected one', of: 'none' },
  violations: { meaning: 'violations that the checkers found', of: 'none' },
  accountsLiquidated: { meaning: 'accounts that were under liquidation', of: 'none' },
  accountsUnresolved: { meaning: 'accounts under liquidation or short at the end', of: 'none' },
  accountsAtStage: { meaning: 'accounts that went through a stage', of: 'stage' },
  stepsAtStage: { meaning: 'steps at a stage', of: 'stage' },
  notionalAtStage: { meaning: 'notional that a stage closed', of: 'stage' },
  liquidatedNotional: { meaning: 'notional closed at all stages', of: 'none' },
  penalties: { meaning: 'liquidation penalties', of: 'none' },
  slippageMeanBp: { meaning: 'mean distance of close-outs from mark, bp', of: 'none' },
  slippageMaxBp: { meaning: 'worst distance of a close-out from mark, bp', of: 'none' },
  adlCounterparties: { meaning: 'accounts closed against a bankrupt one', of: 'none' },
  shortfall: { meaning: 'what liquidated accounts could not pay', of: 'none' },
  paid: { meaning: 'what one payer bore of it', of: 'payer' },
  badDebt: { meaning: 'what nobody has paid yet', of: 'none' },
  poolBalance: { meaning: 'a pool at the end; `shared` is the fund', of: 'pool' },
  finalIndexPrice: { meaning: 'index price at the end', of: 'instrument' },
  finalMarkPrice: { meaning: 'mark price at the end', of: 'instrument' },
};

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

type Reading = number | bigint;

const READINGS: Readonly<
  Record<MetricName, (result: UnjudgedResult, of: string | undefined) => Reading>
> = {
  blocks: (result) => result.blockCount,
  accounts: (result) => result.accountCount,
  fills: (result) => result.commands.fills,
  commandsAccepted: (result) => result.commands.accepted,
  commandsRefused: ({ commands }, of) =>
    of === undefined ? sum(Object.values(commands.refused)) : (commands.refused[of] ?? 0),
  actionsFailed: (result) => result.actions.filter((action) => !action.holds).length,
  violations: (result) => result.checks.violations.length,
  accountsLiquidated: (result) => result.liquidation.accountCount,
  accountsUnresolved: (result) => result.liquidation.unresolvedCount,
  accountsAtStage: ({ liquidation }, of) => liquidation.stages[of as Stage].accountCount,
  stepsAtStage: ({ liquidation }, of) => liquidation.stages[of as Stage].stepCount,
  notionalAtStage: ({ liquidation }, of) => liquidation.stages[of as Stage].notional,
  liquidatedNotional: liquidatedNotional,
  penalties: (result) => result.liquidation.penalties,
  slippageMeanBp: (result) => result.liquidation.slippageMeanBp,
  slippageMaxBp: (result) => result.liquidation.slippageMaxBp,
  adlCounterparties: (result) => result.losses.adlCounterpartyCount,
  shortfall: (result) => result.losses.shortfall,
  paid: ({ losses }, of) => losses.paid[of as Payer],
  badDebt: (result) => result.losses.paid.badDebt,
  poolBalance: ({ series }, of) =>
    series.pools.find((pool) => pool.name === of)?.balance.at(-1) ?? Number.NaN,
  finalIndexPrice: ({ series }, of) => lastPrice(series.prices, { of, which: 'index' }),
  finalMarkPrice: ({ series }, of) => lastPrice(series.prices, { of, which: 'mark' }),
};

/** Notional that all stages closed, in units of the settlement asset. */
export function liquidatedNotional(result: Pick<ScenarioResult, 'liquidation'>): bigint {
  let notional = 0n;
  for (const stage of STAGES) notional += result.liquidation.stages[stage].notional;
  return notional;
}

function lastPrice(
  prices: UnjudgedResult['series']['prices'],
  choice: { readonly of: string | undefined; readonly which: 'index' | 'mark' },
): number {
  const series = prices.find((one) => one.instrument === choice.of);
  return series?.[choice.which].at(-1) ?? Number.NaN;
}

/** The value of a metric: an integer, a double, or money as a decimal text. */
export function readMetric(
  result: UnjudgedResult,
  metric: MetricName,
  of?: string,
): number | string {
  const reading = READINGS[metric](result, of);
  return typeof reading === 'bigint' ? formatAmount(reading, result.settlement.decimals) : reading;
}

/** Below 0, 0 or above 0; texts are compared exactly, doubles as doubles. */
function compare(actual: number | string, value: number | string): number {
  if (typeof actual === 'number')
    return actual - (typeof value === 'number' ? value : toDouble(value));
  const one = parseDecimal(actual);
  const other = parseDecimal(String(value));
  const difference =
    one.digits * 10n ** BigInt(other.places) - other.digits * 10n ** BigInt(one.places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const HOLDS: Readonly<Record<AssertionOp, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Judges the claims of a scenario. What has no value (an unknown pool) does not hold. */
export function judgeAssertions(
  result: UnjudgedResult,
  assertions: readonly AssertionSpec[],
): AssertionOutcome[] {
  return assertions.map(({ metric, of, op, value }) => {
    const actual = readMetric(result, metric, of);
    const isKnown = typeof actual === 'string' || !Number.isNaN(actual);
    return {
      claim: `${metric}${of === undefined ? '' : ` of ${of}`} ${op} ${value}`,
      actual: isKnown ? String(actual) : 'unknown',
      holds: isKnown && HOLDS[op](compare(actual, value)),
    };
  });
}

/** What `of` may be where the list is fixed. */
export const FIXED_CHOICES: Readonly<Record<'stage' | 'payer', readonly string[]>> = {
  stage: STAGES,
  payer: PAYERS,
};
