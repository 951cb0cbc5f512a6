import { InexactDecimalError, toAmount, toLots, toPriceUnits } from '@plimsoll/api/units';
import { ScenarioFileError } from '../errors.ts';
import type { CommandSpec, Scenario } from '../scenarios/index.ts';

/** Which fields of commands hold decimals, and of what. */
export interface FigureFields {
  readonly prices: readonly string[];
  readonly sizes: readonly string[];
  readonly amounts: readonly string[];
}

const FIGURE_FIELDS: FigureFields = {
  prices: ['price', 'limitPrice'],
  sizes: ['size'],
  amounts: ['amount'],
};

/**
 * An action's command with its decimal texts as integers: prices and sizes by the command's
 * `instrument`, amounts by its `asset` (default: the settlement asset). Numbers pass untouched, so
 * that hostile values can be written too. `path` is where the command stands in the file.
 */
export function convertCommandFigures(
  command: CommandSpec,
  at: {
    readonly scenario: Scenario;
    readonly path: string;
    readonly fileName: string;
    readonly fields?: FigureFields;
  },
): Record<string, unknown> {
  const { scenario, fields = FIGURE_FIELDS } = at;
  const instrument = scenario.instruments.find((one) => one.name === command.instrument);
  const named = command.asset ?? scenario.settlement.name;
  const asset = scenario.assets.find((one) => one.name === named);
  const convert = (field: string, text: string): unknown => {
    if (fields.prices.includes(field) && instrument !== undefined) {
      return toPriceUnits(text, instrument.priceUnit);
    }
    if (fields.sizes.includes(field) && instrument !== undefined) {
      return toLots(text, instrument.lotSize);
    }
    if (fields.amounts.includes(field) && asset !== undefined) {
      return toAmount(text, asset.decimals);
    }
    return text;
  };
  const converted: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(command)) {
    try {
      converted[field] = typeof value === 'string' ? convert(field, value) : value;
    } catch (error) {
      if (!(error instanceof InexactDecimalError)) throw error;
      const problem = { path: `${at.path}/${field}`, message: error.message };
      throw new ScenarioFileError(at.fileName, [problem], error);
    }
  }
  return converted;
}
