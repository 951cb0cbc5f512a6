import { describe, expect, test } from 'vitest';
import { ScenarioFileError, type ScenarioProblem } from '../../src/errors.ts';
import { parseScenario, type Scenario } from '../../src/scenarios/index.ts';

const least = {
  name: 'least',
  assets: [{ name: 'USDC', decimals: 6 }],
  underlyings: [{ name: 'BTC', priceUnit: '0.1' }],
  instruments: [{ name: 'BTC-PERP', underlying: 'BTC', lotSize: '0.001' }],
  prices: [
    { underlying: 'BTC', path: { kind: 'points', points: [{ timeMs: 0, price: '10000' }] } },
  ],
};

const read = (changes: object): Scenario =>
  parseScenario(JSON.stringify({ ...least, ...changes }), 'least.json');

function problemsOf(changes: object | string): readonly ScenarioProblem[] {
  try {
    parseScenario(
      typeof changes === 'string' ? changes : JSON.stringify({ ...least, ...changes }),
      'least.json',
    );
  } catch (error) {
    if (error instanceof ScenarioFileError) return error.problems;
    throw error;
  }
  return [];
}
const linesOf = (changes: object | string): string[] =>
  problemsOf(changes).map(({ path, message }) => `${path}: ${message}`);

describe('what is left out has a default', () => {
  test('the least file is an hour of blocks of a second with five publishers', () => {
    expect(read({})).toMatchObject({
      seed: 1,
      intervalMs: 1000,
      blockCount: 3600,
      startTimeMs: Date.parse('2026-01-01T00:00:00Z'),
      settlement: { name: 'USDC' },
      accounts: [],
      pools: { shared: 0n, instruments: [] },
    });
    expect(read({}).publishers).toHaveLength(5);
    expect(read({}).instruments[0]?.tiers).toEqual([
      { from: 0n, initialPpm: 50_000, maintenancePpm: 25_000 },
    ]);
  });

  test('a file with a window sets start and length, at its speed', () => {
    const path = {
      kind: 'file',
      file: 'x.csv',
      from: '2020-03-12T10:00:00Z',
      to: '2020-03-12T12:00:00Z',
      speed: 4,
    };
    const scenario = read({ prices: [{ underlying: 'BTC', path }] });
    expect(scenario.startTimeMs).toBe(Date.parse('2020-03-12T10:00:00Z'));
    expect(scenario.blockCount).toBe(1800);
  });

  test('actions are ordered by time, then as listed', () => {
    const at = (timeMs: number, kind: string) => ({
      timeMs,
      account: 'operator',
      command: { kind },
    });
    const { actions } = read({ actions: [at(5, 'a'), at(1, 'b'), at(5, 'c'), at(1, 'd')] });
    expect(actions.map((action) => action.command.kind)).toEqual(['b', 'd', 'a', 'c']);
    expect(actions[0]?.index).toBe(1);
  });
});

describe('mistakes are reported with their path and what to do', () => {
  const account = (changes: object) => ({ accounts: [{ name: 'alice', ...changes }] });

  test('text that is not JSON', () => {
    const [problem] = problemsOf('{\n  "name": }');
    expect(problem?.message).toContain('is not JSON');
    expect(problemsOf('[]')).toHaveLength(1);
    expect(problemsOf('null')).toHaveLength(1);
  });

  test('what the schema does not allow', () => {
    expect(linesOf({ seed: 1.5, instruments: [{}], zoo: 1, 'a/b': 1 })).toEqual([
      expect.stringMatching(/^\/zoo: is not known here; known are \$schema, name/),
      expect.stringMatching(/^\/a~1b: is not known here/),
      '/seed: must be an integer of 0 or more; found 1.5',
      '/instruments/0: "name" is missing; it is a name such as "BTC-PERP"',
      '/instruments/0: "underlying" is missing; it is the name of an underlying',
      '/instruments/0: "lotSize" is missing; it is a decimal text above 0 such as "0.001"',
    ]);
    expect(linesOf(account({ positions: [{ instrument: 'BTC-PERP', size: 1.5 }] }))).toEqual([
      '/accounts/0/positions/0/size: must be a decimal text such as "-1.5"; found 1.5',
    ]);
  });

  test('of a union, the branch that was meant', () => {
    const path = (value: unknown) => ({ prices: [{ underlying: 'BTC', path: value }] });
    expect(linesOf(path({ kind: 'calmer' }))).toEqual([
      '/prices/0/path/kind: must be one of "points", "file", "calm", "jump", "crash"; found "calmer"',
    ]);
    expect(linesOf(path({ kind: 'calm', start: '1', fall: 1 }))).toEqual([
      '/prices/0/path/fall: is not known here; known are kind, start, volatilityPerDay, driftPerDay',
    ]);
    expect(linesOf(path('calm'))[0]).toContain('must be an object with "kind" one of "points"');
    expect(linesOf({ depth: [{ instrument: 'BTC-PERP', profile: { levels: 0 } }] })).toEqual([
      '/depth/0/profile: "halfSpreadBp" is missing; it is a number above 0',
      '/depth/0/profile: "spacingBp" is missing; it is a number above 0',
      '/depth/0/profile: "notional" is missing; it is a decimal text above 0 such as "100000"',
      '/depth/0/profile/levels: must be an integer from 1 to 500; found 0',
    ]);
    expect(linesOf({ depth: [{ instrument: 'BTC-PERP', profile: 'deap' }] })[0]).toContain(
      '/depth/0/profile: must be "deep", "thin", "empty" or an object',
    );
    const action = { timeMs: 0, account: 'operator', command: { kind: 'x' } };
    expect(linesOf({ actions: [{ ...action, expect: { refused: '5' } }] })).toEqual([
      '/actions/0/expect/refused: must be the number of a rejection; found "5"',
    ]);
    expect(linesOf({ actions: [{ ...action, expect: 'refused' }] })).toEqual([
      '/actions/0/expect: must be "accepted" or {"refused": number}; found "refused"',
    ]);
  });

  test('figures that are not exact', () => {
    expect(linesOf(account({ balances: { USDC: '0.0000001' } }))).toEqual([
      '/accounts/0/balances/USDC: "0.0000001" must have at most 6 decimals',
    ]);
    expect(
      linesOf(account({ positions: [{ instrument: 'BTC-PERP', size: '0.0005', price: '1.01' }] })),
    ).toEqual([
      '/accounts/0/positions/0/size: "0.0005" must be a multiple of 0.001',
      '/accounts/0/positions/0/price: "1.01" must be a multiple of 0.1',
    ]);
    expect(
      linesOf({ instruments: [{ ...least.instruments[0], lotSize: '0.00000001' }] })[0],
    ).toContain('/instruments/0/lotSize: "0.00000001" times price unit 0.1 must be a whole number');
    const points = [
      { timeMs: 5, price: '10000.05' },
      { timeMs: 5, price: '1' },
    ];
    expect(linesOf({ prices: [{ underlying: 'BTC', path: { kind: 'points', points } }] })).toEqual([
      '/prices/0/path/points/0/price: "10000.05" must be a multiple of 0.1',
      '/prices/0/path/points/1/timeMs: must be above the time before, 5',
    ]);
  });

  test('names that do not exist or occur twice', () => {
    expect(linesOf({ settlement: 'USDT' })[0]).toBe(
      '/settlement: no asset is called "USDT"; known: USDC',
    );
    expect(linesOf({ assets: [...least.assets, { name: 'BTC', decimals: 8 }] })).toEqual([
      '/assets/1: "underlying" is missing; it says what the asset is worth',
    ]);
    expect(
      linesOf({
        accounts: [
          { name: 'a', balances: { EUR: '1' } },
          { name: 'a', positions: [{ instrument: 'X', size: '1' }] },
        ],
      }),
    ).toEqual([
      '/accounts/1/name: the name "a" is taken; choose another',
      '/accounts/0/balances/EUR: no asset is called "EUR"; known: USDC',
      '/accounts/1/positions/0/instrument: no instrument is called "X"; known: BTC-PERP',
    ]);
    expect(
      linesOf({ underlyings: [...least.underlyings, { name: 'ETH', priceUnit: '1' }] }),
    ).toEqual(['/underlyings/1: no price path is given for "ETH"; add one to "prices"']);
    const order = { account: 'b', instrument: 'BTC-PERP', side: 'buy', size: '1', price: '1' };
    expect(linesOf({ orders: [order] })).toEqual([
      '/orders/0/account: no account is called "b"; known: none',
    ]);
  });

  test('members of a population are accounts, beyond its count they are not', () => {
    const populations = [
      {
        name: 'crowd',
        count: 3,
        traits: { kind: 'fixed', leverage: 2, equity: 10 },
        positions: { instruments: { 'BTC-PERP': 1 } },
      },
    ];
    const at = (name: string) => ({
      populations,
      actions: [{ timeMs: 0, account: name, command: { kind: 'x' } }],
    });
    expect(linesOf(at('crowd/2'))).toEqual([]);
    expect(linesOf(at('crowd/3'))).toEqual([
      '/actions/0/account: no account is called "crowd/3"; known: crowd/0',
    ]);
    expect(linesOf(at('crowd'))).toHaveLength(1);
  });

  test('times that end before they start, lie outside or do not exist', () => {
    const fault = { kind: 'silent', fromMs: 5, toMs: 5, sources: ['nobody'] };
    expect(linesOf({ faults: [fault] })).toEqual([
      '/faults/0/toMs: must be above fromMs (5)',
      '/faults/0/sources/0: no publisher is called "nobody"; known: north, south, east, west, center',
    ]);
    const action = { timeMs: 10_000, account: 'operator', command: { kind: 'x' } };
    expect(linesOf({ blocks: { durationMs: 5000 }, actions: [action] })[0]).toContain(
      '/actions/0/timeMs: must be within the scenario, which lasts 5000 ms',
    );
    expect(linesOf({ start: '2026-02-30T00:00:00Z' })).toEqual([
      '/start: 2026-02-30T00:00:00Z is no time that exists',
    ]);
    expect(linesOf({ start: '2026-13-01T00:00:00Z' })).toHaveLength(1);
  });

  test('tiers that do not ascend, correlations that contradict, parts of metrics that do not exist', () => {
    const tiers = [
      { from: '5', initialPpm: 10, maintenancePpm: 20 },
      { from: '5', initialPpm: 20, maintenancePpm: 20 },
    ];
    expect(linesOf({ instruments: [{ ...least.instruments[0], tiers }] })).toEqual([
      '/instruments/0/tiers/0/from: the first tier starts at "0"',
      '/instruments/0/tiers/0/maintenancePpm: must be above 0 and at most initialPpm (10)',
      '/instruments/0/tiers/1/from: tiers start at ascending notionals',
    ]);
    expect(linesOf({ correlations: [{ between: ['BTC', 'BTC'], value: 1 }] })).toEqual([
      '/correlations/0/between: must name two different underlyings',
    ]);
    const claim = (metric: string, of?: string) => ({
      assertions: [{ metric, op: '=', value: 0, ...(of === undefined ? {} : { of }) }],
    });
    expect(linesOf(claim('paid'))[0]).toContain('/assertions/0/of: must be one of marketPool');
    expect(linesOf(claim('blocks', 'x'))[0]).toContain('blocks has no parts; leave this out');
    expect(linesOf(claim('commandsRefused', 'x'))[0]).toContain(
      'must be the number of a rejection',
    );
    expect(linesOf(claim('poolBalance', 'BTC-PERP'))).toEqual([]);
    expect(linesOf(claim('zoo'))[0]).toContain('/assertions/0/metric: must be one of "blocks"');
  });
});
