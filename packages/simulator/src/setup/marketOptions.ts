import type { Table } from '../dataFiles/index.ts';
import type { MarketOptions } from '../markets/index.ts';
import type { Scenario } from '../scenarios/index.ts';
import { Seed } from '../seed.ts';

/** The market of a scenario: give it to `new Market` and to `startingPrices`. */
export function marketOptions(
  scenario: Scenario,
  readTable: (file: string) => Table,
): MarketOptions {
  return {
    seed: new Seed(scenario.seed).fork('market'),
    startTimeMs: scenario.startTimeMs,
    durationMs: scenario.blockCount * scenario.intervalMs,
    everyMs: scenario.intervalMs,
    sources: scenario.publishers.map((publisher) => publisher.name),
    underlyings: scenario.underlyings,
    prices: scenario.prices,
    correlations: scenario.correlations,
    faults: scenario.priceFaults,
    readTable,
  };
}
