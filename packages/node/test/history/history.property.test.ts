import type { EventKind, EventOf } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCursor } from '../../src/history/cursor.ts';
import {
  CANDLE_INTERVALS_MS,
  type Candle,
  type CandleInterval,
  type History,
  type HistoryEvent,
  type HistoryPage,
  type PageRequest,
} from '../../src/history/index.ts';
import { decodeRecord } from '../../src/store/record.ts';
import type { MadeBlock } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { historyBlock, openHistory, seeded, tradingChain } from './tradingChain.ts';

const worlds = fc.record({
  seed: fc.nat(1_000_000),
  blocks: fc.integer({ min: 5, max: 60 }),
  limit: fc.integer({ min: 1, max: 17 }),
});
const RUNS = { numRuns: 12 };

/** Appends everything, writing batches and starting anew at random. */
async function writtenAtRandom(
  world: { readonly seed: number; readonly blocks: number },
  made: readonly MadeBlock[],
  open: () => History,
): Promise<History> {
  const random = seeded(world.seed + 1);
  let history = open();
  for (const block of made) {
    history.append(historyBlock(block));
    const next = random(10);
    if (next === 0) await history.flush();
    // A batch that is on its way while others are appended.
    if (next === 1) void history.flush();
    if (next === 2) {
      await history.close();
      history = open();
      expect(history.height).toBe(block.height);
    }
  }
  return history;
}

/** Every event of a replay as the history should tell it. */
function allEvents(made: readonly MadeBlock[]): HistoryEvent[] {
  return made.flatMap(({ height, outcome, record }) => {
    const { timeMs } = decodeRecord(record).block;
    return outcome.events.map((event, index) => ({
      height,
      timeMs,
      index,
      command: commandOf(outcome.eventSpans, index),
      event: event as HistoryEvent['event'],
    }));
  });
}

function commandOf(spans: Int32Array, index: number): number {
  for (let i = 0; i < spans.length; i += 2) {
    if ((spans[i] as number) <= index && index < (spans[i + 1] as number)) return i / 2;
  }
  return -1;
}

function drain<Row>(page: PageRequest, read: (page: PageRequest) => HistoryPage<Row>): Row[] {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const found = read({ ...page, cursor });
    expect(found.rows.length).toBeLessThanOrEqual(page.limit);
    rows.push(...found.rows);
    if (found.next === undefined) return rows;
    cursor = found.next;
  }
}

async function withWorld(
  world: { readonly seed: number; readonly blocks: number },
  check: (history: History, made: readonly MadeBlock[]) => void | Promise<void>,
): Promise<void> {
  const { chain, made } = tradingChain(world.seed, world.blocks);
  const directory = temporaryDirectory();
  const history = await writtenAtRandom(world, made, () => openHistory(directory, chain));
  try {
    await check(history, made);
  } finally {
    await history.close();
  }
}

const names = (account: number) => (each: HistoryEvent) => {
  const {
    taker,
    maker,
    to,
    bankrupt,
    account: own,
  } = each.event as Record<string, unknown> as {
    [field: string]: unknown;
  };
  return [taker, maker, to, bankrupt, own].includes(account);
};
const isOf = (kinds: readonly EventKind[]) => (each: HistoryEvent) =>
  kinds.includes(each.event.kind);

test('the history equals the events of a replay, however it was written', async () => {
  const covered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(worlds, (world) =>
      withWorld(world, (history, made) => {
        const all = allEvents(made);
        for (const { event } of all) covered.add(event.kind);
        expect(made.flatMap(({ height }) => history.blockEvents(height))).toEqual(all);
        expect(history.blockEvents(0)).toBeUndefined();
        expect(history.blockEvents(made.length + 1)).toBeUndefined();
        expect(
          drain({ limit: world.limit, order: 'oldestFirst' }, (p) => history.events(p)),
        ).toEqual(all);
      }),
    ),
    RUNS,
  );
  expect([...covered]).toEqual(expect.arrayContaining(['filled', 'orderPlaced', 'fundingRateSet']));
});

test('pages of an account have its events, each once, in both orders', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) =>
      withWorld(world, (history, made) => {
        const all = allEvents(made);
        const { limit } = world;
        for (let account = 1; account <= 5; account++) {
          const own = all.filter(names(account));
          const read = (page: PageRequest) => history.accountEvents(account, page);
          expect(drain({ limit, order: 'oldestFirst' }, read)).toEqual(own);
          expect(drain({ limit }, read)).toEqual([...own].reverse());
          const fills = (page: PageRequest) => history.fills(account, page);
          expect(drain({ limit }, fills)).toEqual(own.filter(isOf(['filled'])).reverse());
          const kinds: EventKind[] = ['orderCancelled', 'deposited', 'filled'];
          const some = (page: PageRequest) => history.accountEvents(account, { ...page, kinds });
          expect(drain({ limit }, some)).toEqual(own.filter(isOf(kinds)).reverse());
          const paid = (page: PageRequest) => history.fundingPaid(account, page);
          expect(drain({ limit }, paid)).toEqual(own.filter(isOf(['fundingPaid'])).reverse());
        }
        const rates = (page: PageRequest) => history.fundingRates(1, page);
        expect(drain({ limit }, rates)).toEqual(all.filter(isOf(['fundingRateSet'])).reverse());
        const trades = (page: PageRequest) => history.trades(1, page);
        expect(drain({ limit }, trades)).toEqual(all.filter(isOf(['filled'])).reverse());
        expect(history.trades(2, { limit }).rows).toEqual([]);
      }),
    ),
    RUNS,
  );
});

test('bounds of time and height leave out exactly what lies beyond them', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.nat(), fc.nat(), (world, a, b) =>
      withWorld(world, (history, made) => {
        const all = allEvents(made);
        const times = all.map(({ timeMs }) => timeMs);
        const [fromMs, toMs] = [times[a % times.length], times[b % times.length]].sort();
        if (fromMs === undefined || toMs === undefined) throw new Error('there are events');
        const within = all.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
        const { limit } = world;
        for (const order of ['oldestFirst', 'newestFirst'] as const) {
          const ordered = (rows: HistoryEvent[]) =>
            order === 'oldestFirst' ? rows : [...rows].reverse();
          const page = { limit, order, fromMs, toMs };
          expect(drain(page, (p) => history.events(p))).toEqual(ordered(within));
          const own = (p: PageRequest) => history.accountEvents(2, p);
          expect(drain(page, own)).toEqual(ordered(within.filter(names(2))));
          const heights = { fromHeight: 1 + (a % made.length), toHeight: 1 + (b % made.length) };
          const among = all.filter(
            ({ height }) => height >= heights.fromHeight && height <= heights.toHeight,
          );
          const read = (p: PageRequest) => history.events({ ...p, ...heights });
          expect(drain({ limit, order }, read)).toEqual(ordered(among));
        }
      }),
    ),
    RUNS,
  );
});

test('candles are the fold of the fills', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) =>
      withWorld(world, (history, made) => {
        const fills = allEvents(made).filter(isOf(['filled']));
        for (const interval of Object.keys(CANDLE_INTERVALS_MS) as CandleInterval[]) {
          const expected = folded(fills, CANDLE_INTERVALS_MS[interval]);
          const toMs = 4_000_000_000_000;
          const range = { interval, fromMs: 0, toMs, limit: 10_000 };
          expect(history.candles(1, range)).toEqual(expected);
          const second = expected[1]?.startMs ?? 0;
          const some = { interval, fromMs: second, toMs, limit: 3 };
          const later = expected.filter(({ startMs }) => startMs >= second);
          expect(history.candles(1, some)).toEqual(later.slice(0, 3));
          const before = expected.filter(({ startMs }) => startMs < second);
          expect(history.candles(1, { interval, toMs, limit: 3 })).toEqual(expected.slice(-3));
          expect(history.candles(1, { interval, toMs: second, limit: 2 })).toEqual(
            before.slice(-2),
          );
          expect(history.candles(2, range)).toEqual([]);
        }
      }),
    ),
    RUNS,
  );
});

function folded(fills: readonly HistoryEvent[], intervalMs: number): Candle[] {
  const candles = new Map<number, Candle>();
  for (const { timeMs, event } of fills) {
    const { price, size } = event as EventOf<'filled'>;
    const startMs = Math.floor(timeMs / intervalMs) * intervalMs;
    const before = candles.get(startMs);
    const quote = BigInt(price) * BigInt(size);
    candles.set(startMs, {
      startMs,
      open: before?.open ?? price,
      high: Math.max(before?.high ?? 0, price),
      low: Math.min(before?.low ?? Number.POSITIVE_INFINITY, price),
      close: price,
      volume: (before?.volume ?? 0) + size,
      quote: (before?.quote ?? 0n) + quote,
      trades: (before?.trades ?? 0) + 1,
    });
  }
  return [...candles.values()];
}

test('every command is found by its digest, and nothing else is', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, (world) =>
      withWorld(world, (history, made) => {
        for (const { height, record } of made) {
          const { digests } = decodeRecord(record);
          for (let index = 0; index * 32 < digests.length; index++) {
            const digest = digests.subarray(index * 32, index * 32 + 32);
            expect(history.receiptOf(digest)).toEqual({ height, index });
          }
        }
        expect(history.receiptOf(new Uint8Array(32).fill(0xee))).toBeUndefined();
      }),
    ),
    RUNS,
  );
});

test('rows that come while pages are read are neither lost nor told twice', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { chain, made } = tradingChain(world.seed, world.blocks);
      const history = openHistory(temporaryDirectory(), chain);
      const rows: HistoryEvent[] = [];
      let cursor: string | undefined;
      for (const block of made) {
        history.append(historyBlock(block));
        if (block.height % 7 === 0) void history.flush();
        if (block.height % 3 !== 0) continue;
        const { limit } = world;
        const page = history.accountEvents(1, { limit, cursor, order: 'oldestFirst' });
        rows.push(...page.rows);
        // Without a cursor to go on with, the next page begins behind the last row.
        cursor = page.next ?? cursorBehind(rows, cursor);
      }
      const rest = drain({ limit: 1_000, order: 'oldestFirst' }, (page) =>
        history.accountEvents(1, { ...page, cursor: page.cursor ?? cursor }),
      );
      expect([...rows, ...rest]).toEqual(allEvents(made).filter(names(1)));
      await history.close();
    }),
    RUNS,
  );
});

/** The cursor that a page ending with the last row would have given, had there been more. */
function cursorBehind(
  rows: readonly HistoryEvent[],
  before: string | undefined,
): string | undefined {
  const last = rows.at(-1);
  return last === undefined ? before : encodeCursor(last, 'oldestFirst');
}
