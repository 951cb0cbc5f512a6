import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type HypotheticalPortfolio,
  preview,
  previewPortfolio,
  rootNow,
  snapshot,
} from '../../src/machine/index.ts';
import { type Explanation, explain } from '../../src/risk/index.ts';
import { rejections, SIDE } from '../../src/schema/index.ts';
import { ACCOUNTS, by, createWorld, order, step, type World } from '../fixtures/world.ts';

/** Every cell of every column, derived ones and free rows too. */
function cellsOf({ machine }: World): string[] {
  return machine.state.log.columns.map((column) => {
    const bytes = new Uint8Array(
      column.data.buffer,
      column.data.byteOffset,
      column.step === 1 ? column.data.byteLength : undefined,
    );
    return `${column.name} ${Buffer.from(bytes).toString('base64')}`;
  });
}

function traceOf(world: World): unknown {
  const { state } = world.machine;
  return {
    entries: state.log.count,
    events: state.events.slice(),
    figures: state.figures,
    snapshot: Buffer.from(snapshot(world.machine)).toString('base64'),
    cells: cellsOf(world),
  };
}

const portfolios = (): fc.Arbitrary<HypotheticalPortfolio> =>
  fc.record({
    balances: fc.uniqueArray(
      fc.record({
        asset: fc.integer({ min: 1, max: 2 }),
        amount: fc.bigInt({ min: -1_000_000_000_000n, max: 10_000_000_000_000n }),
      }),
      { selector: (balance) => balance.asset, maxLength: 2 },
    ),
    positions: fc.uniqueArray(
      fc.record(
        {
          instrument: fc.integer({ min: 1, max: 2 }),
          size: fc.integer({ min: -5_000, max: 5_000 }).filter((size) => size !== 0),
          entry: fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }),
        },
        { requiredKeys: ['instrument', 'size'] },
      ),
      { selector: (position) => position.instrument, maxLength: 2 },
    ),
    orders: fc.array(
      fc.record({
        instrument: fc.integer({ min: 1, max: 2 }),
        side: fc.constantFrom(SIDE.buy, SIDE.sell),
        price: fc.integer({ min: 1, max: 9_000_000 }),
        size: fc.integer({ min: 1, max: 3_000 }),
        isReduceOnly: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    ownRatePpm: fc.integer({ min: 0, max: 1_000_000 }),
  });

test('a portfolio is measured on the live markets without a trace, byte for byte', () => {
  const world = createWorld();
  const before = traceOf(world);
  const twin = createWorld();
  fc.assert(
    fc.property(portfolios(), (portfolio) => {
      const read = (account: number): Explanation => explain(world.machine.state, account);
      const { code, after } = previewPortfolio(world.machine, portfolio, read);
      expect(code).toBe(0);
      const held = portfolio.positions.map((position) => position.size);
      const measured = (after?.positions ?? []).map((part) => part.size);
      expect(measured.filter((size) => size !== 0).sort()).toEqual(held.sort());
    }),
    { numRuns: 60 },
  );
  expect(traceOf(world)).toEqual(before);
  // What comes next is the same with and without the previews.
  for (const each of [world, twin]) step(each, 1_000, [by(ACCOUNTS.grace, order({ size: 700 }))]);
  expect(rootNow(world.machine).root).toEqual(rootNow(twin.machine).root);
});

test("a portfolio that copies an account's rows has that account's margin, bit for bit", () => {
  const world = createWorld();
  const { state } = world.machine;
  for (const account of [ACCOUNTS.alice, ACCOUNTS.bob, ACCOUNTS.frank]) {
    const own = explain(state, account);
    const balances = own.balances.map((part) => ({
      asset: part.asset,
      // A hypothetical account lends nothing out: the value of its claim is a balance.
      amount: BigInt(Math.round(part.amount + part.supplied)),
    }));
    const positions = own.positions
      .filter((part) => part.size !== 0)
      .map((part) => ({
        instrument: part.instrument,
        size: part.size,
        entry: state.positions.entry.get(state.slabs.positions.find(account, part.instrument)),
      }));
    const orders = openOrdersOf(world, account);
    const portfolio = { balances, positions, orders, ownRatePpm: 0 };
    const { after } = previewPortfolio(world.machine, portfolio, (id) => explain(state, id));
    expect(after?.figures.maintenance).toBe(own.figures.maintenance);
    expect(after?.figures.initial).toBe(own.figures.initial);
    expect(Math.abs((after?.figures.equity ?? 0) - own.figures.equity)).toBeLessThanOrEqual(2);
  }
});

function openOrdersOf(world: World, account: number): HypotheticalPortfolio['orders'] {
  const { orders } = world.machine.state;
  return Array.from({ length: orders.account.rows }, (_, row) => row)
    .filter((row) => orders.account.get(row) === account)
    .map((row) => ({
      instrument: orders.instrument.get(row),
      side: orders.side.get(row),
      price: orders.price.get(row),
      size: orders.size.get(row),
      isReduceOnly: false,
    }));
}

test('a portfolio that the tables have no room for is refused without a trace', () => {
  const world = createWorld();
  const room = world.machine.state.limits.ordersMax;
  const before = traceOf(world);
  const resting = { instrument: 1, side: SIDE.buy, price: 100, size: 1, isReduceOnly: false };
  const { code, after } = previewPortfolio(
    world.machine,
    {
      balances: [],
      positions: [],
      orders: Array.from({ length: room + 1 }, () => resting),
      ownRatePpm: 0,
    },
    () => true,
  );
  expect([code, after]).toEqual([rejections.ordersFull.code, undefined]);
  expect(traceOf(world)).toEqual(before);
});

test('a reading that throws leaves no trace either', () => {
  const world = createWorld();
  const before = traceOf(world);
  const portfolio = { balances: [], positions: [], orders: [], ownRatePpm: 0 };
  const fail = (): never => {
    throw new RangeError('no');
  };
  expect(() => previewPortfolio(world.machine, portfolio, fail)).toThrow(RangeError);
  const actions = [order({ size: 700 })];
  expect(() => preview(world.machine, { account: ACCOUNTS.grace, actions }, fail)).toThrow();
  expect(traceOf(world)).toEqual(before);
});
