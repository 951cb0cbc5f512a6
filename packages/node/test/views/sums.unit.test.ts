import type { AnswerOf, ReplicaRoute, ValueOf } from '@plimsoll/api/routes';
import { toAmount } from '@plimsoll/api/units';
import { explain } from '@plimsoll/core/risk';
import { stateSchema, type TableSchema } from '@plimsoll/core/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '../../src/parts.ts';
import { keptDirectory } from './keptDirectory.ts';
import { ACCOUNTS, createBusyReading, type Reading } from './reading.ts';

const directory = keptDirectory();
let reading: Reading;

beforeAll(() => {
  reading = createBusyReading(directory.path);
});

afterAll(() => reading.close());

function ask<R extends ReplicaRoute>(route: R, asked: Partial<Question> = {}): AnswerOf<R> {
  return reading.ask(route, asked) as AnswerOf<R>;
}

const units = (text: string): bigint => toAmount(text, 6);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
const everybody: readonly number[] = Object.values(ACCOUNTS);

/** |a − b| is at most one unit for each part that was rounded. */
function expectNear(one: bigint, other: bigint, parts: number): void {
  const apart = one > other ? one - other : other - one;
  expect(apart <= BigInt(parts), `${one} and ${other} are ${apart} apart`).toBe(true);
}

test('the parts of a margin add up to its figures', () => {
  for (const account of everybody) {
    const { margin } = ask('margin', { params: { account: String(account) } });
    const { balances, positions, gains, figures } = margin;
    const parts = balances.length + 3 * positions.length + gains.length + 3;
    const of = (name: 'unrealized' | 'funding' | 'maintenance' | 'reserve' | 'notional'): bigint =>
      sum(positions.map((part) => units(part[name])));
    const held = (name: 'value' | 'maintenanceValue' | 'initialValue'): bigint =>
      sum(balances.map((part) => units(part[name].amount)));
    const pnl = of('unrealized') - of('funding');
    expectNear(held('value') + pnl, units(figures.equity), parts);
    expectNear(held('maintenanceValue') + pnl, units(figures.marginBalance), parts);
    expectNear(of('maintenance'), units(figures.maintenance), parts);
    expectNear(of('reserve'), units(figures.initial), parts);
    expectNear(of('notional'), units(figures.notional), parts);
    const counted = sum(gains.map((gain) => units(gain.counted)));
    const initial = held('initialValue') + counted - of('funding');
    expectNear(initial, units(figures.initialBalance), parts);
    expectNear(
      units(figures.marginBalance) - units(figures.maintenance),
      units(figures.health),
      parts,
    );
    expectNear(
      units(figures.initialBalance) - units(figures.initial),
      units(figures.freeMargin),
      parts,
    );
    for (const part of positions) {
      const reserve = sum([part.initial, part.bidLoss, part.askLoss, part.fee].map(units));
      expectNear(reserve, units(part.reserve), 4);
    }
  }
});

test('what is shown of a margin never flatters the account, and is off by less than a unit', () => {
  for (const account of everybody) {
    const { figures } = ask('margin', { params: { account: String(account) } }).margin;
    const exact = explain(reading.chain.machine.state, account).figures;
    for (const name of ['equity', 'marginBalance', 'health', 'freeMargin'] as const) {
      const shown = Number(units(figures[name]));
      expect(shown <= exact[name] && shown > exact[name] - 1).toBe(true);
    }
    for (const name of ['maintenance', 'initial', 'funding'] as const) {
      const shown = Number(units(figures[name]));
      expect(shown >= exact[name] && shown < exact[name] + 1).toBe(true);
    }
  }
});

test('an account is the sum of its balances, positions, orders and margin', () => {
  for (const id of everybody) {
    const asked = { params: { account: String(id) } };
    const whole = ask('account', asked);
    expect(whole.balances).toEqual(ask('balances', asked).balances);
    expect(whole.positions).toEqual(ask('positions', asked).positions);
    expect(whole.orders).toEqual(ask('orders', asked).orders);
    expect(whole.figures).toEqual(ask('margin', asked).margin.figures);
    expect(whole.account.orderCount).toBe(whole.orders.length);
  }
});

test('the money of every asset adds up, and to every money column of the machine', () => {
  const { state } = reading.chain.machine;
  const { assets, fund, markets } = ask('pools');
  expect(assets.map((asset) => asset.difference)).toEqual(['0', '0']);
  let money = 0n;
  for (const [tableName, table] of Object.entries<TableSchema>(stateSchema)) {
    for (const [columnName, column] of Object.entries(table.columns)) {
      if (column.money === undefined) continue;
      const rowsOf = state[tableName as 'assets'][columnName as 'custody'];
      for (let cell = 0; cell < rowsOf.rows * rowsOf.stride; cell++) {
        if (assetOf(tableName, cell) !== 1) continue;
        money += column.money === 'claim' ? rowsOf.get(cell) : -rowsOf.get(cell);
      }
    }
  }
  expect(money).toBe(0n);
  const settlement = assets[0] as ValueOf<'AssetMoney'>;
  expect(units(settlement.fund)).toBe(state.machine.fund.get(0));
  expect(settlement.fund).toBe(fund.balance.amount);
  expect(units(settlement.pools)).toBe(sum(markets.map((market) => units(market.balance.amount))));
  const balances = everybody.flatMap(
    (account) => ask('balances', { params: { account: String(account) } }).balances,
  );
  const free = balances.filter((balance) => balance.asset === 'USDC');
  expect(units(settlement.accounts)).toBe(sum(free.map((balance) => units(balance.amount.amount))));
});

/** The asset of a money cell; 0 where it is another's, or of a row that nobody has any more. */
function assetOf(table: string, cell: number): number {
  const { state } = reading.chain.machine;
  if (table === 'assets') return cell <= state.machine.assetCount.get(0) ? cell : 0;
  if (table !== 'balances' && table !== 'positions') return 1;
  const account = state[table].account.get(cell);
  const ends =
    table === 'balances' ? ['balanceBase', 'balanceCount'] : ['positionBase', 'positionCount'];
  const [first, count] = ends.map((name) => state.accounts[name as 'balanceBase'].get(account));
  const isLive = account > 0 && cell >= (first ?? 0) && cell < (first ?? 0) + (count ?? 0);
  if (!isLive) return 0;
  return table === 'balances' ? state.balances.asset.get(cell) : 1;
}

test('a book is its open orders, level by level', () => {
  for (const instrument of ['BTC-PERP', 'BTC2-PERP']) {
    const book = ask('book', { params: { instrument }, query: { depth: 1000 } });
    const orders = everybody.flatMap(
      (account) =>
        ask('orders', { params: { account: String(account) }, query: { instrument } }).orders,
    );
    for (const [side, levels] of [
      ['buy', book.bids],
      ['sell', book.asks],
    ] as const) {
      const own = orders.filter((order) => order.side === side);
      expect(sum(levels.map((level) => BigInt(level.lots)))).toBe(
        sum(own.map((order) => BigInt(order.lots))),
      );
      for (const level of levels) {
        const there = own.filter((order) => order.price === level.price);
        expect(level.orders).toBe(there.length);
        expect(level.lots).toBe(there.reduce((lots, order) => lots + order.lots, 0));
      }
      const prices = levels.map((level) => Number(level.price));
      expect(prices).toEqual([...prices].sort((a, b) => (side === 'buy' ? b - a : a - b)));
    }
  }
});

test('a market says its best prices as its book does, and open interest as its positions do', () => {
  for (const market of ask('markets').markets) {
    const { bids, asks } = ask('book', { params: { instrument: market.name } });
    expect([market.bestBid, market.bestAsk]).toEqual([
      bids[0]?.price ?? null,
      asks[0]?.price ?? null,
    ]);
    const longs = everybody
      .flatMap((account) => ask('positions', { params: { account: String(account) } }).positions)
      .filter((position) => position.instrument === market.id && position.lots > 0);
    expect(market.openInterestLots).toBe(longs.reduce((lots, position) => lots + position.lots, 0));
  }
});

test('a position is the sum of its fills and of what ADLs closed', () => {
  let adls = 0;
  for (const account of everybody) {
    const params = { account: String(account) };
    const query = { limit: 1000, order: 'oldestFirst', kinds: 'filled,deleveraged' };
    const lotsOf = new Map<number, number>();
    const add = (instrument: number, lots: number): void => {
      lotsOf.set(instrument, (lotsOf.get(instrument) ?? 0) + lots);
    };
    for (const { event } of ask('accountHistory', { params, query }).events) {
      if (event.kind === 'filled') {
        const bought = event.takerSide === 'buy' ? event.lots : -event.lots;
        if (event.taker === account) add(event.instrument, bought);
        if (event.maker === account) add(event.instrument, -bought);
      } else if (event.kind === 'deleveraged') {
        adls++;
        add(event.instrument, -Math.sign(lotsOf.get(event.instrument) ?? 0) * event.lots);
      }
    }
    const { positions } = ask('positions', { params });
    const held = positions.map(({ instrument, lots }): [number, number] => [instrument, lots]);
    expect([...lotsOf].filter(([, lots]) => lots !== 0).sort(), `account ${account}`).toEqual(
      held.filter(([, lots]) => lots !== 0),
    );
  }
  expect(adls).toBeGreaterThan(0);
});

test('pages of a list are the list, without a gap and without a row twice', () => {
  const whole = ask('accountHistory', { params: { account: '1' }, query: { limit: 1000 } });
  expect(whole.next).toBeNull();
  const paged: unknown[] = [];
  let cursor: string | null = null;
  do {
    const query: Question['query'] = cursor === null ? { limit: 3 } : { limit: 3, cursor };
    const page: AnswerOf<'accountHistory'> = ask('accountHistory', {
      params: { account: '1' },
      query,
    });
    expect(page.events.length).toBeLessThanOrEqual(3);
    paged.push(...page.events);
    cursor = page.next;
  } while (cursor !== null);
  expect(paged).toEqual(whole.events);
  expect(paged.length).toBeGreaterThan(9);
});

test('an ADL of a side closes exactly what is asked, and at worst everything', () => {
  const size = '300.0001';
  const deficit = '123456.789';
  const shares = everybody.flatMap(
    (account) =>
      ask('adlShare', {
        params: { account: String(account) },
        query: { instrument: 'BTC-PERP', size, deficit },
      }).positions,
  );
  const shorts = shares.filter((share) => share.lots < 0);
  expect(shorts.length).toBeGreaterThan(1);
  const closed = shorts.map((share) => share.asked?.closedLots ?? 0);
  expect(closed.reduce((all, lots) => all + lots, 0)).toBe(3_000_001);
  const charges = sum(shorts.map((share) => units(share.asked?.charge.amount ?? '0')));
  expect(charges).toBe(units(deficit));
  const parts = shorts.reduce((all, share) => all + share.gainShare, 0);
  expect(Math.abs(parts - 1)).toBeLessThan(1e-5);
  for (const { lots, asked, worst, gain } of shorts) {
    expect(worst.closedLots).toBe(Math.abs(lots));
    expect(asked?.closedLots).toBeLessThanOrEqual(worst.closedLots);
    expect(units(asked?.charge.amount ?? '0')).toBeLessThanOrEqual(units(worst.gainsMax.amount));
    expect(units(worst.gainsMax.amount)).toBeLessThanOrEqual(units(gain.amount));
  }
});

test('a maximum is the most that the machine takes, and one more is refused', () => {
  const account = String(ACCOUNTS.long);
  const { chain, by } = reading;
  const { maximum } = ask('maximumWithdrawal', { params: { account } });
  const amount = units(maximum.amount);
  const out = {
    kind: 'withdraw',
    asset: 1,
    chain: 1,
    destination: `0x${'11'.repeat(20)}`,
  } as const;
  const preview = (more: bigint): AnswerOf<'previewCommand'> =>
    ask('previewCommand', {
      params: { account },
      body: { actions: [{ ...out, amount: String(amount + more) }] },
    });
  expect(preview(0n).actions).toEqual([null]);
  expect(preview(1n).actions[0]?.name).toBe('withdrawalMargin');
  expect([chain.height, by(2).account]).toEqual([reading.context().height, 2]);
});

test('the change that is pending stands beside its parameter, with the time it takes effect', () => {
  const { changes } = ask('pendingChanges');
  const { parameters } = ask('parameters');
  const pending = parameters.flatMap((parameter) =>
    parameter.pending.map((one) => ({ name: parameter.name, target: parameter.target, ...one })),
  );
  const waiting = changes
    .filter((change) => change.kind === 'parameter')
    .map(({ parameter: name, target, proposal, value, readyMs }) => ({
      name,
      target,
      proposal,
      value,
      readyMs,
    }));
  expect(waiting.length).toBeGreaterThan(1);
  expect([...pending].sort((a, b) => a.proposal - b.proposal)).toEqual(waiting);
  for (const { readyMs, inMs } of changes) expect(inMs).toBe(readyMs - reading.context().timeMs);
});
