import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioFileError } from '../../src/errors.ts';
import { Market, startingPrices } from '../../src/markets/index.ts';
import {
  parseScenario,
  type Scenario,
  type ScenarioPopulation,
} from '../../src/scenarios/index.ts';
import { Seed } from '../../src/seed.ts';
import {
  convertCommandFigures,
  expandPopulation,
  ladderFunding,
  ladderOrders,
  marketOptions,
  pairPositions,
} from '../../src/setup/index.ts';

const file = {
  name: 'setup',
  assets: [
    { name: 'USDC', decimals: 6 },
    { name: 'BTC', decimals: 8, underlying: 'BTC' },
  ],
  underlyings: [
    { name: 'BTC', priceUnit: '0.1' },
    { name: 'ETH', priceUnit: '0.01' },
  ],
  instruments: [
    { name: 'BTC-PERP', underlying: 'BTC', lotSize: '0.001' },
    { name: 'ETH-PERP', underlying: 'ETH', lotSize: '0.01' },
  ],
  prices: [
    { underlying: 'BTC', path: { kind: 'calm', start: '10000' } },
    { underlying: 'ETH', path: { kind: 'calm', start: '2000' } },
  ],
  populations: [
    {
      name: 'crowd',
      count: 300,
      traits: { kind: 'fixed', leverage: 3, equity: 1000 },
      balances: { USDC: 3, BTC: 1 },
      positions: {
        instruments: { 'BTC-PERP': 3, 'ETH-PERP': 1 },
        perAccountMax: 2,
        longShare: 0.7,
      },
    },
  ],
  depth: [{ instrument: 'BTC-PERP', profile: 'deep' }],
};
const scenario: Scenario = parseScenario(JSON.stringify(file), 'setup.json');
const crowd = scenario.populations[0] as ScenarioPopulation;
const btc = scenario.instruments[0]!;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-setup-'));
  const rows = ['1,100', '2,200', '40,300', '500,1'].map((row, at) => `${at},${row}`);
  writeFileSync(
    join(folder, 'mix.csv'),
    ['user,leverage_realtime,account_value_realtime', ...rows].join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const context = (seed = 1) => ({
  scenario,
  prices: startingPrices(marketOptions(scenario, noTable)),
  seed: new Seed(seed),
  resolveFile: (name: string) => join(folder, name),
});
function noTable(): never {
  throw new Error('no tables here');
}

describe('a population', () => {
  test('starts from the prices of its market', () => {
    expect([...context().prices]).toEqual([
      ['BTC', 100_000],
      ['ETH', 200_000],
    ]);
  });

  test('splits equity over assets at their prices, rounded down', () => {
    const { accounts } = expandPopulation(crowd, context());
    expect(accounts).toHaveLength(300);
    expect(accounts[7]).toMatchObject({
      name: 'crowd/7',
      owner: 'crowd/7',
      balances: [
        { asset: 'USDC', amount: 750_000_000n },
        { asset: 'BTC', amount: 2_500_000n },
      ],
    });
  });

  test('has the gross notional of its leverage, rounded down to lots, and one side an account', () => {
    const { accounts } = expandPopulation(crowd, context());
    let longs = 0;
    for (const { positions } of accounts) {
      let notional = 0;
      for (const { instrument, lots } of positions) {
        notional += Math.abs(lots) * (instrument === 'BTC-PERP' ? 10 : 20);
      }
      expect(notional).toBeGreaterThan(3000 - 40);
      expect(notional).toBeLessThanOrEqual(3000);
      expect(new Set(positions.map((position) => Math.sign(position.lots))).size).toBe(1);
      if (positions[0]!.lots > 0) longs++;
    }
    expect(longs / 300).toBeCloseTo(0.7, 1);
  });

  test('is the same for the same seed and another for another', () => {
    expect(expandPopulation(crowd, context(1))).toEqual(expandPopulation(crowd, context(1)));
    expect(expandPopulation(crowd, context(1))).not.toEqual(expandPopulation(crowd, context(2)));
  });

  test('from a file draws whole rows, without repetition, within the cap, and counts what it dropped', () => {
    const traits = { kind: 'file', file: 'mix.csv' } as const;
    const wanted = { ...crowd, count: 3, traits, leverageScale: 2, leverageCap: 50 };
    const { accounts, droppedRowCount } = expandPopulation(wanted, context());
    expect(droppedRowCount).toBe(1);
    const equities = accounts.map(({ balances }) => balances[0]!.amount).sort();
    expect(equities).toEqual([150_000_000n, 225_000_000n, 75_000_000n]);
    const richest = accounts.find(({ balances }) => balances[0]!.amount === 225_000_000n)!;
    let notional = 0;
    for (const { instrument, lots } of richest.positions) {
      notional += Math.abs(lots) * (instrument === 'BTC-PERP' ? 10 : 20);
    }
    expect(notional).toBe(15_000);
  });

  test('from a file without a fitting row is an error', () => {
    const traits = { kind: 'file', file: 'mix.csv', leverageMin: 90 } as const;
    expect(() => expandPopulation({ ...crowd, traits }, context())).toThrow(
      'has no account within',
    );
  });

  test('by choices and by ranges stays within what was given', () => {
    const choices = [
      { share: 1, leverage: 1, equity: 10_000 },
      { share: 0, leverage: 9, equity: 1 },
    ];
    const chosen = expandPopulation({ ...crowd, traits: { kind: 'choices', choices } }, context());
    expect(chosen.accounts.every(({ balances }) => balances[0]!.amount === 7_500_000_000n)).toBe(
      true,
    );
    const range = { leverageFrom: 1, leverageTo: 2, equityFrom: 100, equityTo: 200 };
    const ranged = expandPopulation({ ...crowd, traits: { kind: 'uniform', ...range } }, context());
    for (const { balances } of ranged.accounts) {
      expect(balances[0]!.amount).toBeGreaterThanOrEqual(75_000_000n);
      expect(balances[0]!.amount).toBeLessThan(150_000_000n);
    }
  });
});

describe('a ladder', () => {
  test('stands around the middle, bids below and asks above, in growing notionals', () => {
    const ladder = {
      levels: 2,
      halfSpreadBp: 10,
      spacingBp: 100,
      notional: 1_000_000_000n,
      growth: 2,
    };
    expect(ladderOrders(ladder, 100_000, btc)).toEqual([
      { side: 'buy', price: 99_900, lots: 100 },
      { side: 'sell', price: 100_100, lots: 99 },
      { side: 'buy', price: 98_900, lots: 202 },
      { side: 'sell', price: 101_100, lots: 197 },
    ]);
  });

  test('leaves out what costs nothing or is less than a lot', () => {
    const ladder = { levels: 3, halfSpreadBp: 4000, spacingBp: 4000, notional: 20_000n, growth: 1 };
    const orders = ladderOrders(ladder, 100, btc);
    expect(orders.every((order) => order.price > 0 && order.lots > 0)).toBe(true);
    expect(orders.filter((order) => order.side === 'buy')).toHaveLength(2);
    expect(ladderOrders({ ...ladder, notional: 1n }, 100, btc)).toEqual([]);
  });

  test('is funded for its larger side', () => {
    const orders = [
      { side: 'buy', price: 10, lots: 3 },
      { side: 'sell', price: 20, lots: 1 },
      { side: 'sell', price: 30, lots: 1 },
    ] as const;
    expect(ladderFunding(orders, { settlementUnitsPerLot: 2n })).toBe(100n);
  });
});

describe('trades that open positions', () => {
  test('match longs with shorts, and the counterparty takes the rest', () => {
    const wanted = [
      { account: 'a', lots: 5 },
      { account: 'b', lots: -3 },
      { account: 'c', lots: 4 },
      { account: 'd', lots: 0 },
    ];
    expect(pairPositions(wanted, 'house')).toEqual({
      trades: [
        { buyer: 'a', seller: 'b', lots: 3 },
        { buyer: 'a', seller: 'house', lots: 2 },
        { buyer: 'c', seller: 'house', lots: 4 },
      ],
      counterpartyLots: -6,
    });
  });

  test('leave every account with its position, and sum to 0', () => {
    const lots = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 30 });
    fc.assert(
      fc.property(lots, (sizes) => {
        const wanted = sizes.map((size, at) => ({ account: `a${at}`, lots: size }));
        const { trades, counterpartyLots } = pairPositions(wanted, 'house');
        const held = new Map<string, number>();
        for (const trade of trades) {
          expect(trade.lots).toBeGreaterThan(0);
          held.set(trade.buyer, (held.get(trade.buyer) ?? 0) + trade.lots);
          held.set(trade.seller, (held.get(trade.seller) ?? 0) - trade.lots);
        }
        for (const { account, lots: size } of wanted) expect(held.get(account) ?? 0).toBe(size);
        expect(held.get('house') ?? 0).toBe(counterpartyLots);
        expect(trades.length).toBeLessThanOrEqual(sizes.length + 1);
      }),
    );
  });
});

describe('the command of an action', () => {
  const at = { scenario, path: '/actions/0/command', fileName: 'setup.json' };

  test('has its decimals converted and everything else left as it is', () => {
    const command = {
      kind: 'placeOrder',
      instrument: 'BTC-PERP',
      side: 'buy',
      price: '9999.9',
      size: '0.5',
      clientId: 7,
    };
    expect(convertCommandFigures(command, at)).toEqual({ ...command, price: 99_999, size: 500 });
    const deposit = { kind: 'deposit', asset: 'BTC', amount: '0.5' };
    expect(convertCommandFigures(deposit, at)).toEqual({ ...deposit, amount: 50_000_000n });
    expect(convertCommandFigures({ kind: 'withdraw', amount: '1.5' }, at)).toMatchObject({
      amount: 1_500_000n,
    });
    expect(convertCommandFigures({ kind: 'withdraw', amount: -5 }, at)).toMatchObject({
      amount: -5,
    });
  });

  test('that is not exact is a problem at its path', () => {
    const command = { kind: 'placeOrder', instrument: 'BTC-PERP', price: '1.01' };
    expect(() => convertCommandFigures(command, at)).toThrow(ScenarioFileError);
    expect(() => convertCommandFigures(command, at)).toThrow(
      '/actions/0/command/price: "1.01" must be a multiple of 0.1',
    );
  });
});

test('the market of a scenario publishes every block, from every publisher', () => {
  const market = new Market(marketOptions(scenario, noTable));
  const block = market.takeUntil(scenario.startTimeMs + 1000);
  expect(block).toHaveLength(2 * 2 * scenario.publishers.length);
});
