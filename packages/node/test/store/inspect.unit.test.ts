import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import {
  createInspector,
  decodeRecord,
  openStore,
  UnknownPlaceError,
} from '../../src/store/index.ts';
import { digestOf } from '../../src/store/inspection/blockText.ts';
import { addressOfKey, Chain, store, traderKey } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

async function inspected() {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const opened = await openStore({ directory, network: chain.network });
  await store(opened, chain.open());
  const trades = Array.from({ length: 6 }, () => chain.trade());
  await store(opened, trades.slice(0, 3));
  opened.writeSnapshot(12, chain.snapshot());
  await store(opened, trades.slice(3));
  // Beside the process that writes.
  const inspector = await createInspector({ directory, hashPairs: hashPairsNative });
  return { opened, inspector, trades };
}

test('a block is shown with its prices, commands, outcomes, refusals and events', async () => {
  const { opened, inspector } = await inspected();
  const text = inspector.block(11);
  expect(text).toMatch(/^block 11 at 2025-06-15T/);
  expect(text).toMatch(/BTC source 0: 1000003 ± 0 at .* by 0x.*: accepted/);
  expect(text).toMatch(
    /placeOrder: instrument BTC-PERP, side sell, size 0\.000002, price 1000003, /,
  );
  expect(text).toMatch(/action 1: accepted/);
  expect(text).toMatch(/action 2: refused, \d+ \w+: .*\(.*\)/);
  expect(text).toMatch(/> filled: instrument BTC-PERP, price 1000003, size 0\.000001, /);
  expect(text).toMatch(/chained hash [0-9a-f]{64}/);
  expect(text).not.toContain('undefined');
  await inspector.close();
  await opened.close();
});

test('a command is found by digest and by place, and shown alone', async () => {
  const { opened, inspector, trades } = await inspected();
  const record = decodeRecord(trades[4]?.record as Uint8Array);
  const digest = digestOf(record, 2);
  const text = inspector.command(digest);
  expect(text).toBe(inspector.command('11.2'));
  expect(text).toBe(inspector.command(digest.toUpperCase().replace('0X', '0x')));
  expect(text).toContain(digest);
  expect(text).toMatch(/^command 11\.2 at /);
  expect(text).not.toContain(digestOf(record, 1));
  for (const place of ['11.4', '99.0', `0x${'00'.repeat(32)}`, 'last']) {
    expect(() => inspector.command(place), place).toThrow(UnknownPlaceError);
  }
  await inspector.close();
  await opened.close();
});

test('an account is shown as it is, and as it was after any block', async () => {
  const { opened, inspector } = await inspected();
  const text = inspector.account(3);
  expect(text).toMatch(/^account 3 after block 12/);
  expect(text).toContain(`owner ${addressOfKey(traderKey(3))}`);
  expect(text).toMatch(/balance 1000000 USDC/);
  expect(text).toMatch(/order \d+ BTC-PERP: buy 0\.000001 at \d+\n/);
  expect(text).toMatch(/equity 1000000 USDC/);
  expect(inspector.account(2)).toMatch(/position BTC-PERP: size 0\.000006, entry /);
  expect(inspector.account(2, 8)).toMatch(/position BTC-PERP: size 0\.000002, entry /);
  expect(() => inspector.account(5)).toThrow(/there is no account 5; accounts are 1 to 4/);
  expect(() => inspector.account(1, 5)).toThrow(UnknownPlaceError);
  expect(() => inspector.account(1, 13)).toThrow(/there is no block 13; blocks are 1 to 12/);
  await inspector.close();
  await opened.close();
});

test('the store itself is shown', async () => {
  const { opened, inspector } = await inspected();
  const text = inspector.summary();
  expect(text).toMatch(/network +test, chain 7, genesis 0x[0-9a-f]{64}/);
  expect(text).toMatch(/blocks +1 to 12/);
  expect(() => inspector.block(0)).toThrow(/there is no block 0; blocks are 1 to 12/);
  await inspector.close();
  await opened.close();
});
