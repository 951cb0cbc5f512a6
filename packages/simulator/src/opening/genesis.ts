import { type Genesis, limitsFor } from '@plimsoll/core/machine';
import type { Scenario } from '../scenarios/index.ts';
import { AUTHORITIES } from './directory.ts';
import { OPENING_GLOBALS } from './parameters.ts';

/**
 * How long before time 0 the machine starts: index, positions, books, and time for both to settle.
 */
export const OPENING_MS = 660_000;
/** Accounts that the runner opens beside those of the scenario, at most per instrument. */
const OWN_ACCOUNTS = 8;
const ORDERS = 200_000;

/** The genesis of a scenario's machine, with room for so many accounts. */
export function genesisOf(scenario: Scenario, accountCount: number): Genesis {
  const { settlement, instruments } = scenario;
  const positions = Math.max(8, 2 * instruments.length);
  return {
    timeMs: scenario.startTimeMs - OPENING_MS,
    authorities: AUTHORITIES,
    settlement: { name: settlement.name, decimals: settlement.decimals },
    parameters: { ...globalsOf(scenario), ...OPENING_GLOBALS },
    limits: {
      ...limitsFor({
        accounts: accountCount + OWN_ACCOUNTS * (1 + instruments.length),
        positionsPerAccount: Math.min(64, positions),
        orders: ORDERS,
        instruments: Math.max(scenario.underlyings.length, instruments.length) + 1,
      }),
      assetsMax: Math.max(32, scenario.assets.length + 1),
    },
  };
}

type GlobalValues = NonNullable<Genesis['parameters']>;

/** The scenario was checked: every name is one of the machine's. */
function globalsOf(scenario: Scenario): GlobalValues {
  const values = Object.entries(scenario.parameters).map(([name, value]) => [name, Number(value)]);
  return Object.fromEntries(values) as GlobalValues;
}
