import type { LiquidationsUpdate, PricesUpdate, TradesUpdate } from '@plimsoll/api/wire';
import { SIDE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { bestLevel } from '@plimsoll/core/venue';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeeds, type FeedBuilder } from '../../src/feeds/index.ts';
import type { FeedMessage } from '../../src/parts.ts';
import { marketUnits } from '../../src/units/index.ts';
import { AccountFollower, BookFollower, Follower } from './followers.ts';
import { createSession, type Session } from './session.ts';
import { ACCOUNTS, MARKETS } from './world.ts';

const RUNS = { numRuns: 12 };
const BLOCKS = 60;
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function of(messages: readonly FeedMessage[], channel: string, key: string): FeedMessage[] {
  return messages.filter((each) => each.channel === channel && each.key === key);
}

function levelsOf(state: State, instrument: number, side: number): string[][] {
  const units = marketUnits(state, instrument);
  const { price, lots, worse } = state.levels;
  const levels: string[][] = [];
  for (let row = bestLevel(state, instrument, side); row >= 0; row = worse.get(row) - 1) {
    levels.push([units.price(price.get(row)), units.size(lots.get(row))]);
  }
  return levels;
}

function expectBook(follower: BookFollower, state: State, instrument: number): void {
  expect(follower.sorted('bids')).toEqual(levelsOf(state, instrument, SIDE.buy));
  expect(follower.sorted('asks')).toEqual(levelsOf(state, instrument, SIDE.sell));
}

interface Running extends Session {
  readonly feeds: FeedBuilder;
}

function run(seed: number, begin: (running: Running) => (messages: FeedMessage[]) => void): void {
  const session = createSession(seed);
  const running = { ...session, feeds: createFeeds(session.world.machine) };
  const check = begin(running);
  for (let block = 0; block < BLOCKS; block++) check(running.feeds.onBlock(session.step()));
}

test('a snapshot of a book with its updates is the book of the machine after every block', () => {
  let updates = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      run(seed, ({ world, feeds }) => {
        const followers = MARKETS.map(() => new BookFollower());
        followers.forEach((each, i) => {
          each.take(feeds.snapshotOf('book', MARKETS[i] as string));
        });
        return (messages) => {
          followers.forEach((follower, i) => {
            for (const message of of(messages, 'book', MARKETS[i] as string)) {
              follower.take(message);
              updates++;
            }
            expectBook(follower, world.machine.state, i + 1);
          });
        };
      });
    }),
    RUNS,
  );
  expect(updates).toBeGreaterThan(500);
});

test('a snapshot of any height goes on with the updates after it, without loss or duplicate', () => {
  const session = createSession(7);
  const feeds = createFeeds(session.world.machine);
  const followers: BookFollower[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const late = new BookFollower();
    late.take(feeds.snapshotOf('book', 'BTC-PERP'));
    followers.push(late);
    const messages = of(feeds.onBlock(session.step()), 'book', 'BTC-PERP');
    for (const follower of followers) for (const message of messages) follower.take(message);
    for (const follower of followers) expectBook(follower, session.world.machine.state, 1);
  }
});

test('an account follows from its snapshot and updates, order by order and row by row', () => {
  const seen = { liquidated: 0, lending: 0, updates: 0 };
  fc.assert(
    fc.property(seeds, (seed) => {
      run(seed, ({ feeds }) => {
        const followers = ACCOUNTS.map((account) => {
          const follower = new AccountFollower();
          feeds.watch('account', String(account), true);
          follower.take(feeds.snapshotOf('account', String(account)));
          return follower;
        });
        return (messages) => {
          followers.forEach((follower, i) => {
            const key = String(ACCOUNTS[i]);
            for (const message of of(messages, 'account', key)) follower.take(message);
            const now = new AccountFollower();
            now.take(feeds.snapshotOf('account', key));
            if (of(messages, 'account', key).length > 0) {
              expect(follower.rows.balances).toEqual(now.rows.balances);
              seen.updates++;
            }
            expect(plain(follower.rows.balances)).toEqual(plain(now.rows.balances));
            expect(follower.rows.positions).toEqual(now.rows.positions);
            expect(sortedKeys(follower.rows.orders)).toEqual(sortedKeys(now.rows.orders));
            for (const [id, row] of now.rows.orders) {
              expect(follower.rows.orders.get(id)).toEqual(row);
            }
            expect(follower.liquidation).toBe(now.liquidation);
            if (now.liquidation !== 'none') seen.liquidated++;
            expect(new Set(follower.events).size).toBe(follower.events.length);
          });
        };
      });
    }),
    RUNS,
  );
  expect(seen.updates).toBeGreaterThan(500);
});

/** Free amounts; what is lent and owed is worth more from block to block. */
function plain(balances: Map<unknown, { amount?: unknown }>): unknown[] {
  return [...balances].map(([asset, row]) => [asset, row.amount]).sort();
}

function sortedKeys(rows: Map<unknown, unknown>): unknown[] {
  return [...rows.keys()].sort((a, b) => Number(a) - Number(b));
}

test('the trades of all messages are the fills of all blocks, each once and in order', () => {
  let fills = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const session = createSession(seed);
      const feeds = createFeeds(session.world.machine);
      for (let block = 0; block < BLOCKS; block++) {
        const applied = session.step();
        const messages = feeds.onBlock(applied);
        const told = MARKETS.flatMap((market) =>
          of(messages, 'trades', market).flatMap(
            ({ text }) => (JSON.parse(text) as TradesUpdate).trades,
          ),
        ).sort((a, b) => a.index - b.index);
        const filled = applied.outcome.events.flatMap((event, index) =>
          event.kind === 'filled' ? [{ index, lots: event.size, takerSide: event.takerSide }] : [],
        );
        fills += filled.length;
        expect(told).toMatchObject(filled);
        expect(told).toHaveLength(filled.length);
      }
    }),
    RUNS,
  );
  expect(fills).toBeGreaterThan(500);
});

test('prices are those of the machine after every block', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      run(seed, ({ world, feeds }) => {
        const told = new Map<string, PricesUpdate>();
        const take = (update: unknown) => {
          const prices = update as PricesUpdate;
          told.set(prices.key, prices);
        };
        const followers = MARKETS.map((market) => {
          const follower = new Follower(take);
          follower.take(feeds.snapshotOf('prices', market));
          return follower;
        });
        return (messages) => {
          MARKETS.forEach((market, i) => {
            for (const message of of(messages, 'prices', market)) followers[i]?.take(message);
            const now = JSON.parse(feeds.snapshotOf('prices', market).text);
            const {
              type: _,
              height: __,
              timeMs: ___,
              previous: ____,
              ...said
            } = told.get(market) as PricesUpdate & { previous?: number };
            expect(now).toMatchObject(said);
            const mark = world.machine.state.instruments.markPrice.get(i + 1);
            expect(said.markPrice).toBe(String(mark));
          });
        };
      });
    }),
    { numRuns: 4 },
  );
});

test('those in liquidation are counted from the same events that tell of it', () => {
  let steps = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      run(seed, ({ world, feeds }) => {
        return (messages) => {
          const { liquidationStage } = world.machine.state.accounts;
          const inLiquidation = ACCOUNTS.filter((id) => liquidationStage.get(id) !== 0);
          const now = JSON.parse(feeds.snapshotOf('liquidations', '').text);
          expect(now).toMatchObject({ count: inLiquidation.length, accounts: inLiquidation });
          for (const { text } of of(messages, 'liquidations', '')) {
            const update = JSON.parse(text) as LiquidationsUpdate;
            expect(update.count).toBe(inLiquidation.length);
            steps += update.events.length;
          }
        };
      });
    }),
    RUNS,
  );
  expect(steps).toBeGreaterThan(10);
});
