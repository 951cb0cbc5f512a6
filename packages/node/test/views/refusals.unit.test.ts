import { ProblemError } from '@plimsoll/api/wire';
import { createMachine, snapshot } from '@plimsoll/core/machine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { genesisOf } from '../../src/network.ts';
import type { Question } from '../../src/parts.ts';
import { encodeRecord } from '../../src/store/record.ts';
import { readWhole } from '../../src/views/ask.ts';
import { answerQuestion } from '../../src/views/index.ts';
import { traderKey } from '../fixtures/chain.ts';
import { keptDirectory } from './keptDirectory.ts';
import { createBusyReading, type Reading } from './reading.ts';

const directory = keptDirectory();
let reading: Reading;

beforeAll(() => {
  reading = createBusyReading(directory.path);
});

afterAll(() => reading.close());

function problemOf(route: string, asked: Partial<Question>): string {
  try {
    reading.ask(route, asked);
    return 'answered';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.problem.name}: ${error.problem.detail}`;
  }
}

test('what does not exist is unknown, and the refusal says what there is', () => {
  const cases: readonly (readonly [string, Partial<Question>])[] = [
    ['account', { params: { account: '8' } }],
    ['account', { params: { account: '0' } }],
    ['account', { params: { account: '-1' } }],
    ['account', { params: { account: '1.5' } }],
    ['margin', { params: { account: '99999999999999999999' } }],
    ['asset', { params: { asset: 'usdc' } }],
    ['asset', { params: { asset: '3' } }],
    ['underlying', { params: { underlying: '0' } }],
    ['market', { params: { instrument: 'BTC-PERPX' } }],
    ['book', { params: { instrument: '' } }],
    ['block', { params: { height: '0' } }],
    ['block', { params: { height: '100000' } }],
    ['command', { params: { digest: `0x${'00'.repeat(32)}` } }],
    ['liabilityRoot', {}],
    ['liabilityProof', { params: { account: '1' } }],
    ['orders', { params: { account: '1' }, query: { instrument: 'ETH' } }],
    ['submitCommand', {}],
    ['toString', {}],
    ['nothing', {}],
  ];
  for (const [route, asked] of cases) expect(problemOf(route, asked)).toMatch(/^unknown: /);
  expect(problemOf('account', { params: { account: '8' } })).toBe(
    'unknown: there is no account 8; they are numbered from 1 to 7',
  );
});

test('what cannot be meant is malformed, and the refusal names the place', () => {
  const account = { account: '2' };
  const preview = (body: unknown): string => problemOf('previewCommand', { params: account, body });
  const portfolio = (body: unknown): string => problemOf('previewPortfolio', { body });
  expect(preview({ actions: [] })).toContain('/actions is not a list of 1 to 32');
  expect(preview({ actions: [{ kind: 'cancelAll' }] })).toContain('/actions/0/instrument');
  expect(preview({ actions: [{ kind: 'nothing' }] })).toContain('/actions/0/kind');
  const resume = [{ kind: 'resumeMachine' }];
  expect(preview({ actions: resume })).toContain('is for the admin');
  const usdc = { asset: 'USDC', amount: '1' };
  expect(portfolio({ balances: [usdc, usdc] })).toContain('/balances/1 is there twice');
  expect(portfolio({ balances: [{ asset: 'USDC', amount: '0.0000001' }] })).toContain(
    '/balances/0/amount must have at most 6 decimals',
  );
  const position = { instrument: 'BTC-PERP', size: '0.00005' };
  expect(portfolio({ positions: [position] })).toContain('/positions/0/size');
  expect(portfolio({ positions: [{ instrument: 'ETH', size: '1' }] })).toMatch(/^unknown/);
  const bounds: readonly (readonly [string, Question['query']])[] = [
    ['trades', { limit: 0 }],
    ['trades', { limit: 1001 }],
    ['trades', { cursor: 'x' }],
    ['candles', { interval: '2m' }],
    ['book', { depth: 0 }],
  ];
  for (const [route, query] of bounds) {
    expect(problemOf(route, { params: { instrument: '1' }, query })).toMatch(
      /^malformed: \/query\//,
    );
  }
  expect(problemOf('adlShare', { params: account, query: { size: '1' } })).toContain('/query/size');
  expect(problemOf('parameters', { query: { target: 'BTC' } })).toContain('/query/target');
  expect(problemOf('accountHistory', { params: account, query: { kinds: 'a' } })).toContain('"a"');
});

test('a place or a time beyond all there can be is refused or empty, not a fault of the node', () => {
  const params = { instrument: '1' };
  const far = Number.MAX_SAFE_INTEGER;
  for (const query of [{ toMs: far }, { fromMs: far }, { fromMs: far - 1, toMs: far }]) {
    expect(() => reading.ask('candles', { params, query }), JSON.stringify(query)).not.toThrow();
  }
  for (const place of ['9999999999.0', '4294967295.9999999999']) {
    for (const order of ['newestFirst', 'oldestFirst']) {
      const cursor = Buffer.from(`${order[0]}${place}`).toString('base64url');
      const query = { cursor, order };
      expect(problemOf('trades', { params, query })).toMatch(/^malformed: \/query\/cursor/);
      expect(problemOf('events', { query })).toMatch(/^malformed: \/query\/cursor/);
    }
  }
});

test('reading and being refused change nothing', () => {
  const before = snapshot(reading.chain.machine);
  const { state } = reading.chain.machine;
  const entries = state.log.count;
  for (const route of ['assets', 'pools', 'markets', 'parameters']) reading.ask(route);
  reading.ask('maximumOrder', { params: { account: '2' }, query: { instrument: 1, side: 'buy' } });
  reading.ask('maximumWithdrawal', { params: { account: '2' } });
  problemOf('previewPortfolio', { body: { balances: [{ asset: 'X', amount: '1' }] } });
  reading.ask('previewPortfolio', { body: { balances: [{ asset: 'USDC', amount: '-5' }] } });
  expect(snapshot(reading.chain.machine)).toEqual(before);
  expect(state.log.count).toBe(entries);
});

/** The record of a block with so many commands. */
function recordOf(count: number): Uint8Array {
  const cancel = reading.chain.command(traderKey(1), 1, [{ kind: 'cancelAll', instrument: 0 }]);
  return encodeRecord({
    block: {
      height: 1,
      timeMs: 1,
      version: 1,
      observations: [],
      commands: Array.from({ length: count }, () => cancel),
    },
    digests: new Uint8Array(32 * count),
    signatures: new Uint8Array(65 * count),
    prices: [],
    results: Array.from({ length: count }, () => ({ code: 0, actions: [0] })),
    observationCodes: [],
    refusals: [],
    chainHash: new Uint8Array(32),
  });
}

test('whoever reads large blocks over and over is told to come again', () => {
  const large = recordOf(20_000);
  let reads = 0;
  const readRecord = () => {
    reads += 1;
    return large;
  };
  // A machine of its own: what others asked is not counted.
  const machine = createMachine(genesisOf(reading.context().network));
  const context = { ...reading.context(), machine, readRecord, height: 1_000 };
  const question = { route: 'blocks', params: {}, query: { limit: 100 }, body: undefined };
  expect(() => answerQuestion(context, question)).toThrow(/had their part of this second/);
  expect(reads).toBeLessThan(50);
});

test('the summary of a block is made once', () => {
  const small = recordOf(1);
  let reads = 0;
  const readRecord = () => {
    reads += 1;
    return small;
  };
  const machine = createMachine(genesisOf(reading.context().network));
  const context = { ...reading.context(), machine, readRecord, height: 1_000 };
  const question = { route: 'blocks', params: {}, query: { limit: 20 }, body: undefined };
  const first = answerQuestion(context, question);
  expect(answerQuestion(context, question)).toEqual(first);
  expect(reads).toBe(20);
});

test('questions that read every account stop when they have had their part of the second', () => {
  const machine = createMachine(genesisOf(reading.context().network));
  const slow = (): number => {
    const endMs = performance.now() + 60;
    while (performance.now() < endMs);
    return 1;
  };
  const ask = (): number | string => {
    try {
      return readWhole(machine, slow);
    } catch (error) {
      return error instanceof ProblemError ? error.problem.name : 'failed';
    }
  };
  expect(ask()).toBe(1);
  // A machine that stalls begins another second; some second is had to the end.
  let outcome: number | string = 1;
  for (let i = 0; i < 200 && outcome === 1; i++) outcome = ask();
  expect(outcome).toBe('overloaded');
  const other = createMachine(genesisOf(reading.context().network));
  expect(readWhole(other, () => 2)).toBe(2);
});
