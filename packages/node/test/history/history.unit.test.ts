import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError } from '@plimsoll/core/math';
import { expect, test } from 'vitest';
import { History, InvalidCursorError } from '../../src/history/index.ts';
import { Chain } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { historyBlock, openHistory, tradingChain } from './tradingChain.ts';

test('a history goes on where its mark stands', async () => {
  const { chain, made } = tradingChain(1, 10);
  const directory = temporaryDirectory();
  const first = openHistory(directory, chain);
  for (const block of made.slice(0, 9)) first.append(historyBlock(block));
  expect(first.mark.height).toBe(0);
  expect(first.lag).toBe(9);
  await first.close();
  const second = openHistory(directory, chain);
  expect(second.mark).toMatchObject({ height: 9, timeMs: expect.any(Number) });
  expect(second.mark.chainHash).toMatch(/^[0-9a-f]{64}$/);
  for (const block of made.slice(9)) second.append(historyBlock(block));
  expect(second.height).toBe(made.length);
  await second.close();
});

test('a batch is written after a while without being asked', async () => {
  const { chain, made } = tradingChain(2, 5);
  const { network, machine } = chain;
  const history = new History({
    directory: temporaryDirectory(),
    genesisHash: network.network,
    multiplierOf: (instrument) => machine.state.instruments.multiplier.get(instrument),
    flushAfterMs: 5,
  });
  for (const block of made) history.append(historyBlock(block));
  while (history.lag > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(history.mark.height).toBe(made.length);
  await history.close();
});

test('so many blocks are written at once', async () => {
  const { chain, made } = tradingChain(3, 20);
  const history = openHistory(temporaryDirectory(), chain, { flushAfterBlocks: 4 });
  for (const block of made) history.append(historyBlock(block));
  await expect.poll(() => history.mark.height).toBeGreaterThan(0);
  await history.close();
});

test('a history whose process was killed goes on at its mark', async () => {
  const { chain, made } = tradingChain(4, 30);
  const directory = temporaryDirectory();
  const first = openHistory(directory, chain, { flushAfterBlocks: 1 });
  // One commit after the other: as they are written, nothing is closed in order.
  for (const block of made) {
    first.append(historyBlock(block));
    await expect.poll(() => first.lag, { interval: 1 }).toBe(0);
    const killed = join(temporaryDirectory(), 'history');
    cpSync(directory, killed, { recursive: true });
    const second = openHistory(killed, chain);
    expect(second.height).toBe(block.height);
    await second.close();
  }
  await first.close();
});

test('a history whose pages do not hang together is found at once, and begins anew', async () => {
  const { chain, made } = tradingChain(4, 3);
  const directory = temporaryDirectory();
  const first = openHistory(directory, chain);
  for (const block of made) first.append(historyBlock(block));
  await first.close();
  const file = join(directory, 'data.mdb');
  const bytes = readFileSync(file);
  // All but the two pages that the file begins with.
  bytes.fill(0xff, 2 * bytes.readUInt32LE(48));
  writeFileSync(file, bytes);
  const second = openHistory(directory, chain);
  expect(second.damage).toMatch(/page/);
  expect(second.height).toBe(0);
  for (const block of made) second.append(historyBlock(block));
  await second.close();
  const third = openHistory(directory, chain);
  expect(third.damage).toBeUndefined();
  expect(third.height).toBe(made.length);
  await third.close();
});

test('a history of another network is thrown away', async () => {
  const { chain, made } = tradingChain(4, 3);
  const directory = temporaryDirectory();
  const first = openHistory(directory, chain);
  for (const block of made) first.append(historyBlock(block));
  await first.close();
  const other = new History({ directory, genesisHash: '0x00', multiplierOf: () => 1 });
  expect(other.height).toBe(0);
  expect(other.trades(1, { limit: 10 }).rows).toEqual([]);
  expect(other.accountEvents(1, { limit: 10 }).rows).toEqual([]);
  await other.close();
});

test('a history that was reset begins with block 1', async () => {
  const { chain, made } = tradingChain(5, 8);
  const history = openHistory(temporaryDirectory(), chain);
  for (const block of made) history.append(historyBlock(block));
  const before = history.accountEvents(1, { limit: 1_000 });
  const range = { interval: '1m', fromMs: 0, toMs: 4e12, limit: 1_000 } as const;
  const candles = history.candles(1, range);
  await history.reset();
  expect(history.height).toBe(0);
  expect(history.candles(1, range)).toEqual([]);
  for (const block of made) history.append(historyBlock(block));
  expect(history.accountEvents(1, { limit: 1_000 })).toEqual(before);
  expect(history.candles(1, range)).toEqual(candles);
  await history.close();
});

test('a block that does not follow is refused', async () => {
  const { chain, made } = tradingChain(6, 3);
  const history = openHistory(temporaryDirectory(), chain);
  const [first, second] = made.map(historyBlock);
  if (first === undefined || second === undefined) throw new Error('there are blocks');
  expect(() => history.append(second)).toThrow(InvariantError);
  history.append(first);
  expect(() => history.append(first)).toThrow(InvariantError);
  await history.close();
});

test('a cursor that no page gave, or one of the other order, is refused', async () => {
  const { chain, made } = tradingChain(7, 20);
  const history = openHistory(temporaryDirectory(), chain);
  for (const block of made) history.append(historyBlock(block));
  const { next } = history.events({ limit: 1 });
  expect(next).toBeDefined();
  for (const cursor of ['', 'x', 'bm9uc2Vuc2U', `${next}.`, `A${next}`]) {
    expect(() => history.events({ limit: 1, cursor })).toThrow(InvalidCursorError);
  }
  expect(() => history.events({ limit: 1, cursor: next, order: 'oldestFirst' })).toThrow(
    'the other order',
  );
  await history.close();
});

test('a filter that nothing passes ends a page with a cursor before it stalls', async () => {
  const chain = new Chain();
  const made = chain.open(2);
  const history = openHistory(temporaryDirectory(), chain);
  for (const block of made) history.append(historyBlock(block));
  for (let i = 0; i < 20_010; i++) {
    const height = made.length + 1 + i;
    const events = [{ kind: 'markUpdated', instrument: 1, price: i }] as const;
    const digests = new Uint8Array(0);
    const chainHash = new Uint8Array(32);
    const timeMs = chain.timeMs + i;
    history.append({ height, timeMs, events, eventSpans: new Int32Array(0), digests, chainHash });
  }
  const page = history.events({ limit: 10, kinds: ['accountOpened'] });
  expect(page.rows).toEqual([]);
  expect(page.next).toBeDefined();
  const rest = history.events({ limit: 10, kinds: ['accountOpened'], cursor: page.next });
  expect(rest.rows).toHaveLength(2);
  expect(rest.next).toBeUndefined();
  await history.close();
});
