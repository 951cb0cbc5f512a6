import { rejections } from '@plimsoll/core/schema';
import { describe, expect, test } from 'vitest';
import { allCheckers } from '../../src/checkers/index.ts';
import { MissingDataError, RunError, ScenarioFileError } from '../../src/errors.ts';
import type { RunEvent } from '../../src/reporting/index.ts';
import type { ScenarioResult } from '../../src/result.ts';
import { type RunOptions, runScenario } from '../../src/running/index.ts';
import type { Scenario, ScenarioFile } from '../../src/scenarios/index.ts';
import type { InstrumentSpec } from '../../src/scenarios/scenarioFile.ts';
import { emptyMarket, scenarioOf } from '../fixtures/smallScenario.ts';

const data = { folder: null, isRequired: false };

function run(scenario: Scenario, options: Partial<RunOptions> = {}): ScenarioResult {
  return runScenario(scenario, { fileName: 'small.json', data, ...options });
}

/** Runs and keeps the events. */
function eventsOf(changes: Partial<ScenarioFile>): { result: ScenarioResult; events: RunEvent[] } {
  const events: RunEvent[] = [];
  const result = run(scenarioOf(changes), { onEvent: (event) => events.push(event) });
  return { result, events };
}

const [market] = emptyMarket.instruments as [InstrumentSpec];
const alice = {
  name: 'alice',
  balances: { USDC: '1000' },
  positions: [{ instrument: 'BTC-PERP', size: '100' }],
};
const bob = {
  name: 'bob',
  balances: { USDC: '100000' },
  positions: [{ instrument: 'BTC-PERP', size: '-60' }],
};
const fall = (to: string): ScenarioFile['prices'] => [
  {
    underlying: 'BTC',
    path: {
      kind: 'points',
      points: [
        { timeMs: 0, price: '100' },
        { timeMs: 5_000, price: '100' },
        { timeMs: 15_000, price: to },
      ],
      between: 'line',
    },
  },
];

describe('before time 0', () => {
  test('positions are trades on the book, and a counterparty takes what is left over', () => {
    const { result, events } = eventsOf({ accounts: [alice, bob] });
    const fills = events.filter((event) => event.kind === 'filled');
    expect(fills.map(({ price, size }) => [price, size])).toEqual([
      [10_000, 6_000],
      [10_000, 4_000],
    ]);
    expect(result.accountCount).toBe(3);
    expect(fills.every((fill) => fill.timeMs < Date.parse('2026-01-01T00:00:00Z'))).toBe(true);
  });

  test('a position keeps the entry price that it is given, however far from the mark', () => {
    const { events } = eventsOf({
      accounts: [{ ...alice, positions: [{ instrument: 'BTC-PERP', size: '10', price: '150' }] }],
    });
    expect(events.find((event) => event.kind === 'filled')).toMatchObject({ price: 15_000 });
  });

  test('a position of a listed account that margin does not allow ends the run', () => {
    const poor = { ...alice, balances: { USDC: '100' } };
    expect(() => run(scenarioOf({ accounts: [poor] }))).toThrow(RunError);
    expect(() => run(scenarioOf({ accounts: [poor] }))).toThrow(/alice cannot be opened.*500/);
  });

  test('a member of a population takes a smaller position, and the result says so', () => {
    const result = run(
      scenarioOf({
        populations: [
          {
            name: 'bold',
            count: 4,
            traits: { kind: 'fixed', leverage: 40, equity: 1000 },
            positions: { instruments: { 'BTC-PERP': 1 } },
          },
        ],
      }),
    );
    expect(result.notes[0]).toMatch(/^4 positions were opened smaller/);
  });

  test('pools hold what the scenario gives them, and orders rest where it says', () => {
    const { result, events } = eventsOf({
      accounts: [{ name: 'bob', balances: { USDC: '1000' } }],
      orders: [{ account: 'bob', instrument: 'BTC-PERP', side: 'buy', size: '1', price: '90' }],
      pools: { shared: '5000', instruments: { 'BTC-PERP': '250' } },
    });
    expect(result.series.pools.map((pool) => pool.balance[0])).toEqual([5000, 250]);
    const resting = events.filter((event) => event.kind === 'orderPlaced');
    expect(resting).toHaveLength(1);
    expect(resting[0]).toMatchObject({ price: 9_000, size: 100 });
  });

  test('what the machine refuses to list is reported at its place in the file', () => {
    const scenario = scenarioOf({
      instruments: [{ ...market, parameters: { markBandPpm: 20_000 } }],
    });
    expect(() => run(scenario)).toThrow(ScenarioFileError);
    expect(() => run(scenario)).toThrow(/\/instruments\/0: the machine refuses the listing/);
  });

  test('parameters that the opening needs otherwise are back before time 0', () => {
    const quota = { scope: 'global', target: 0, parameter: 'quotaPerSecond', value: 201 };
    const bid = { kind: 'placeOrder', instrument: 'BTC-PERP', side: 'buy', size: '1' };
    const { result, events } = eventsOf({
      accounts: [{ name: 'bob', balances: { USDC: '1000' } }],
      actions: [
        { timeMs: 1000, account: 'operator', command: { kind: 'setParameter', ...quota } },
        {
          timeMs: 1000,
          account: 'bob',
          command: { ...bid, price: '106' },
          expect: { refused: rejections.orderBand.code },
        },
      ],
    });
    expect(result.actions.every((action) => action.holds)).toBe(true);
    // More than the machine's own 200 is riskier: it waits for the machine's own notice.
    const proposed = events.find((event) => event.kind === 'changeProposed');
    expect(proposed).toMatchObject({ value: 201n });
    expect(Number(proposed?.readyMs) - Number(proposed?.timeMs)).toBe(86_400_000);
  });
});

describe('from time 0 on', () => {
  test('an account that falls below maintenance is closed out, and who paid adds up', () => {
    const { result } = eventsOf({
      blocks: { intervalMs: 1000, durationMs: 60_000 },
      instruments: [
        { ...market, tiers: [{ from: '0', initialPpm: 30_000, maintenancePpm: 25_000 }] },
      ],
      accounts: [
        { ...alice, balances: { USDC: '450' } },
        { ...bob, positions: [{ instrument: 'BTC-PERP', size: '-100' }] },
      ],
      orders: [{ account: 'bob', instrument: 'BTC-PERP', side: 'buy', size: '100', price: '98.2' }],
      prices: fall('97.9'),
    });
    expect(result.liquidation.accountCount).toBe(1);
    expect(result.liquidation.unresolvedCount).toBe(0);
    expect(result.liquidation.stages.closeOut.accountCount).toBe(1);
    const { shortfall, paid } = result.losses;
    const { badDebt, marketPool, sharedFund, adl, gains, principal, suppliers } = paid;
    expect(marketPool + sharedFund + adl + gains + principal + suppliers + badDebt).toBe(shortfall);
  });

  test('actions come at their time, and outcomes are compared with what was expected', () => {
    const result = run(
      scenarioOf({
        accounts: [{ name: 'bob', balances: { USDC: '1000' } }],
        actions: [
          {
            timeMs: 2_000,
            account: 'bob',
            command: { kind: 'withdraw', asset: 'USDC', amount: '400' },
          },
          {
            timeMs: 3_000,
            account: 'bob',
            command: { kind: 'withdraw', asset: 'USDC', amount: '700' },
            expect: { refused: rejections.balanceInsufficient.code },
          },
          {
            timeMs: 4_000,
            account: 'operator',
            command: { kind: 'deposit', account: 'bob', asset: 'USDC', amount: '5' },
          },
          {
            timeMs: 5_000,
            account: 'bob',
            command: { kind: 'withdraw', asset: 'USDC', amount: -1 },
            expect: { refused: rejections.malformed.code },
          },
          { timeMs: 6_000, account: 'bob', command: { kind: 'cancelAll' }, expect: { refused: 1 } },
        ],
      }),
    );
    expect(result.actions.map(({ actual, holds }) => [actual, holds])).toEqual([
      [0, true],
      [rejections.balanceInsufficient.code, true],
      [0, true],
      [rejections.malformed.code, true],
      [0, false],
    ]);
  });

  test('a halted market refuses to open, and takes orders again when the halt is over', () => {
    const buy = {
      kind: 'placeOrder',
      instrument: 'BTC-PERP',
      side: 'buy',
      size: '1',
      price: '99',
    };
    const result = run(
      scenarioOf({
        accounts: [{ name: 'bob', balances: { USDC: '1000' } }],
        faults: [{ kind: 'halt', instrument: 'BTC-PERP', fromMs: 2_000, toMs: 8_000 }],
        actions: [
          {
            timeMs: 5_000,
            account: 'bob',
            command: buy,
            expect: { refused: rejections.marketNotOpen.code },
          },
          { timeMs: 9_000, account: 'bob', command: buy },
        ],
      }),
    );
    expect(result.actions.every((action) => action.holds)).toBe(true);
  });

  test('books follow the index, and are withdrawn when their time is over', () => {
    const { events } = eventsOf({
      depth: [{ instrument: 'BTC-PERP', profile: 'thin', requoteEveryMs: 2_000, untilMs: 10_000 }],
      prices: fall('95'),
    });
    const start = Date.parse('2026-01-01T00:00:00Z');
    const placed = events.filter((event) => event.kind === 'orderPlaced');
    expect(placed.filter((event) => event.timeMs < start)).toHaveLength(20);
    expect(placed.some((event) => event.timeMs > start + 5_000)).toBe(true);
    const gone = events.filter((event) => event.kind === 'orderCancelled').at(-1);
    expect(gone?.timeMs).toBe(start + 10_000);
  });

  test('agents trade with accounts of their own', () => {
    const { result, events } = eventsOf({
      blocks: { intervalMs: 1000, durationMs: 60_000 },
      agents: [
        { kind: 'marketMaker', count: 2, parameters: { activityPpm: 1_000_000, USDC: '5000' } },
        { kind: 'trendTrader', count: 5, parameters: { activityPpm: 500_000 } },
      ],
      prices: fall('97'),
    });
    expect(result.accountCount).toBe(7);
    expect(result.commands.fills).toBeGreaterThan(0);
    expect(events.some((event) => event.kind === 'filled')).toBe(true);
  });

  test('every invariant holds after every block', () => {
    const result = run(
      scenarioOf({
        accounts: [alice, bob],
        prices: fall('80'),
        pools: { shared: '10' },
        agents: [{ kind: 'marketMaker', count: 1, parameters: { activityPpm: 1_000_000 } }],
      }),
      { checkers: allCheckers(), checkEveryBlocks: 1 },
    );
    expect(result.checks.violations).toEqual([]);
    expect(result.checks.count).toBeGreaterThan(200);
  });
});

describe('the result', () => {
  test('the same seed gives the same roots, another seed others', () => {
    const changes: Partial<ScenarioFile> = {
      prices: [{ underlying: 'BTC', noiseBp: 5, path: { kind: 'calm', start: '100' } }],
    };
    const one = run(scenarioOf(changes), { isRepeated: true });
    expect(one.roots.isRepeated).toBe(true);
    const other = run(scenarioOf({ ...changes, seed: 2 }));
    expect(other.roots.genesis).toBe(one.roots.genesis);
    expect(other.roots.final).not.toBe(one.roots.final);
  });

  test('assertions are judged on what came of the run', () => {
    const result = run(
      scenarioOf({
        pools: { shared: '12.5' },
        assertions: [
          { metric: 'blocks', op: '=', value: 20 },
          { metric: 'poolBalance', of: 'shared', op: '=', value: '12.5' },
          { metric: 'finalMarkPrice', of: 'BTC-PERP', op: '<', value: 99 },
        ],
      }),
    );
    expect(result.assertions.map((one) => one.holds)).toEqual([true, true, false]);
  });

  test('a scenario whose data is missing is skipped, and refused where data is required', () => {
    const scenario = scenarioOf({
      prices: [{ underlying: 'BTC', path: { kind: 'file', file: 'none.csv' } }],
    });
    const result = run(scenario);
    expect(result.status).toBe('skipped');
    expect(result.skipped[0]).toContain('none.csv');
    const required = { folder: null, isRequired: true };
    expect(() => run(scenario, { data: required })).toThrow(MissingDataError);
  });

  test('a series has as many samples as blocks, and all of its columns as many', () => {
    const { series } = run(scenarioOf({ accounts: [alice, bob] }));
    expect(series.timeMs).toHaveLength(20);
    expect(series.prices[0]?.mark).toEqual(new Array<number>(20).fill(100));
    const holders = series.health.counts.map((bands) => bands.reduce((a, b) => a + b));
    expect(holders).toEqual(new Array<number>(20).fill(3));
  });
});
