import { dirname } from 'node:path';
import {
  findDataFolder,
  type MarketOptions,
  marketOptions,
  readScenario,
  readTable,
  readyScenarios,
  resolveDataFile,
  type Scenario,
} from '@plimsoll/simulator';
import { UsageError } from '../failures.ts';

export const DEFAULT_SCENARIO = 'crash-empty-book';

/** How many times faster than life a scenario is played, so that it lasts minutes. */
const SPEEDS: Readonly<Record<string, number>> = {
  'crash-empty-book': 10,
  'crash-deep-book': 10,
  'calm-week': 600,
  'march-2020': 120,
  'november-2022': 180,
  'october-2025': 30,
};

/** A scenario that is played live. */
export interface DemoScenario {
  readonly name: string;
  readonly scenario: Scenario;
  readonly market: MarketOptions;
  /** Length of its prices, ms of market time. */
  readonly durationMs: number;
  readonly defaultSpeed: number;
}

/**
 * Reads a ready scenario by its name.
 *
 * @throws UsageError when there is none of that name; MissingDataError when its recorded prices are
 * not there.
 */
export function readDemoScenario(name: string): DemoScenario {
  const ready = readyScenarios();
  const file = ready.get(name);
  if (file === undefined) {
    throw new UsageError(`there is no scenario "${name}"; ready: ${[...ready.keys()].join(', ')}`);
  }
  const scenario = readScenario(file);
  const places = { data: findDataFolder(process.env), scenarioFolder: dirname(file) };
  const tableOf = (path: string) => readTable(resolveDataFile(path, places));
  for (const { path } of scenario.prices) {
    if (path.kind === 'file') resolveDataFile(path.file, places);
  }
  return {
    name,
    scenario,
    market: marketOptions(scenario, tableOf),
    durationMs: scenario.blockCount * scenario.intervalMs,
    defaultSpeed: SPEEDS[name] ?? 10,
  };
}
