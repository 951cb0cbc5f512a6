import { type ReplicaRoute, routes } from '@plimsoll/api/routes';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '../../src/parts.ts';
import { hexOf } from '../../src/receipts.ts';
import { decodeRecord } from '../../src/store/record.ts';
import { views } from '../../src/views/index.ts';
import { addressOfKey, traderKey } from '../fixtures/chain.ts';
import { keptDirectory } from './keptDirectory.ts';
import { ACCOUNTS, createBusyReading, order, type Reading } from './reading.ts';

const directory = keptDirectory();
let reading: Reading;

beforeAll(async () => {
  reading = createBusyReading(directory.path);
  await reading.checkpoint();
});

afterAll(() => reading.close());

const account = { account: String(ACCOUNTS.long) };
const instrument = { instrument: 'BTC-PERP' };

/** Several questions to every route; one that is missing does not compile. */
function questions(): { readonly [R in ReplicaRoute]: readonly Partial<Question>[] } {
  const traded = reading.made.find((made) => made.outcome.results.length > 3);
  const { digests } = decodeRecord((traded ?? { record: new Uint8Array() }).record);
  const everybody = Object.values(ACCOUNTS).map((id) => ({ params: { account: String(id) } }));
  return {
    network: [{}],
    status: [{}],
    events: [{}, { query: { fromHeight: 7, limit: 5 } }],
    blocks: [{}, { query: { before: 5, limit: 2 } }],
    block: [{ params: { height: '1' } }, { params: { height: String(traded?.height) } }],
    command: [{ params: { digest: hexOf(digests.subarray(0, 32)) } }],
    accountProof: everybody,
    liabilityProof: everybody,
    liabilityRoot: [{}],
    assets: [{}],
    asset: [{ params: { asset: 'WBTC' } }, { params: { asset: '1' } }],
    underlyings: [{}],
    underlying: [{ params: { underlying: 'BTC' } }],
    markets: [{}],
    market: [{ params: instrument }, { params: { instrument: '2' } }],
    book: [{ params: instrument }, { params: { instrument: '2' }, query: { depth: 1 } }],
    trades: [{ params: instrument, query: { limit: 3 } }],
    candles: [{ params: instrument }, { params: instrument, query: { interval: '1h', limit: 2 } }],
    fundingRates: [{ params: instrument, query: { order: 'oldestFirst' } }],
    accountsOfOwner: [{ params: { owner: addressOfKey(traderKey(2)) } }],
    account: everybody,
    balances: everybody,
    positions: everybody,
    orders: [...everybody, { params: account, query: instrument }],
    margin: everybody,
    withdrawals: everybody,
    accountHistory: [...everybody, { params: account, query: { kinds: 'filled,fundingPaid' } }],
    accountFills: everybody,
    accountFunding: everybody,
    adlShare: [
      ...everybody,
      { params: { account: '1' }, query: { ...instrument, size: '10', deficit: '2500.5' } },
    ],
    maximumOrder: [
      { params: account, query: { ...instrument, side: 'buy' } },
      { params: account, query: { ...instrument, side: 'sell', price: '7650.5' } },
    ],
    maximumWithdrawal: [
      { params: account },
      { params: { account: '6' }, query: { asset: 'WBTC' } },
    ],
    previewCommand: [
      { params: account, body: { actions: [json(order({ size: 10, price: 0 })), cancelAll] } },
      { params: { account: '7' }, body: { actions: [json(order({ size: 10, price: 760_000 }))] } },
    ],
    previewPortfolio: [{ body: {} }, { body: portfolio }],
    liquidations: [{}],
    liquidationHistory: [{}, { query: { account: 4, limit: 2 } }],
    pools: [{}],
    parameters: [{}, { query: { scope: 'instrument', target: 'BTC-PERP' } }],
    pendingChanges: [{}],
  };
}

const cancelAll = { kind: 'cancelAll', instrument: 0 };
const portfolio = {
  balances: [
    { asset: 'USDC', amount: '-1000.5' },
    { asset: 'WBTC', amount: '2' },
  ],
  positions: [{ instrument: 'BTC-PERP', size: '-0.5', entryPrice: '7700.125' }],
  orders: [{ instrument: 'BTC2-PERP', side: 'buy', size: '0.1', price: '7500' }],
  ownRatePpm: 100_000,
};

function json(action: object): unknown {
  return JSON.parse(JSON.stringify(action));
}

test('every route of the replica is answered in the shape that it promises', () => {
  for (const [name, asked] of Object.entries(questions())) {
    const route = routes[name as ReplicaRoute];
    for (const question of asked) {
      const answer: unknown = JSON.parse(JSON.stringify(reading.ask(name, question)));
      const errors = [...Value.Errors(route.response, answer)].slice(0, 3);
      expect({ name, question, errors }).toEqual({ name, question, errors: [] });
    }
  }
});

test('the questions are such as the routes take', () => {
  for (const [name, asked] of Object.entries(questions())) {
    const { params, query = {}, body = {} } = routes[name as ReplicaRoute];
    for (const question of asked) {
      const numbered = Object.entries(question.params ?? {}).map(([key, value]) => [
        key,
        key === 'account' || key === 'height' ? Number(value) : value,
      ]);
      if (params !== undefined)
        expect(Value.Check(params, Object.fromEntries(numbered))).toBe(true);
      expect([name, Value.Check(query, question.query ?? {})]).toEqual([name, true]);
      if (question.body !== undefined) expect(Value.Check(body, question.body)).toBe(true);
    }
  }
});

test('every route of the replica has a view, and every view a route', () => {
  const served = Object.values(routes).filter((route) => route.servedBy === 'replica');
  expect(Object.keys(views).sort()).toEqual(served.map((route) => route.name).sort());
});

test('the network under test has seen what the answers are about', () => {
  const seen = new Set(reading.made.flatMap((made) => made.outcome.events.map((one) => one.kind)));
  const needed = [
    'filled',
    'fundingPaid',
    'fundingRateSet',
    'liquidationStarted',
    'liquidationWaited',
    'liquidationEnded',
    'deficitOpened',
    'poolDrawn',
    'deleveraged',
    'changeProposed',
    'openingProposed',
    'withdrawalRequested',
    'withdrawalReleased',
    'agentApproved',
    'interestAccrued',
  ] as const;
  expect(needed.filter((kind) => !seen.has(kind))).toEqual([]);
  const lists: { readonly [R in ReplicaRoute]?: (answer: never) => readonly unknown[] } = {
    liquidations: (answer: { liquidations: unknown[] }) => answer.liquidations,
    pendingChanges: (answer: { changes: unknown[] }) => answer.changes,
    accountFunding: (answer: { payments: unknown[] }) => answer.payments,
  };
  for (const [name, rowsOf] of Object.entries(lists)) {
    const answer = reading.ask(name, { params: account }) as never;
    expect(rowsOf(answer).length).toBeGreaterThan(0);
  }
});

test('an answer of another shape would be caught', () => {
  const { response } = routes.status;
  const answer = reading.ask('status') as { status: object };
  expect(Value.Check(response, answer)).toBe(true);
  expect([...Value.Errors(response, { ...answer, more: 1 })].length).toBeGreaterThan(0);
  expect(Value.Check(response, { ...answer, status: { ...answer.status, accounts: '7' } })).toBe(
    false,
  );
});
