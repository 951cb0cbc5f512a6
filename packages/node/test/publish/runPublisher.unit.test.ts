import { expect, test } from 'vitest';
import { newKey } from '../../src/publish/keyFile.ts';
import { PriceSourceError, type SourcePrice } from '../../src/publish/price.ts';
import { NodeUnreachableError } from '../../src/publish/priceNode.ts';
import {
  type PublisherNews,
  type PublisherOptions,
  type PublisherTotals,
  runPublisher,
} from '../../src/publish/runPublisher.ts';
import { seededPrices } from '../../src/publish/seededPrices.ts';
import { MachineNode } from './machineNode.ts';

const { address, privateKey } = newKey();

interface Running {
  readonly news: PublisherNews[];
  readonly ended: Promise<PublisherTotals>;
  readonly stop: AbortController;
}

function publish(node: MachineNode, options: Partial<PublisherOptions>): Running {
  const news: PublisherNews[] = [];
  const stop = new AbortController();
  const ended = runPublisher({
    url: 'http://nowhere',
    node,
    privateKey,
    prices: (async function* () {})(),
    onNews: (each) => news.push(each),
    signal: stop.signal,
    ...options,
  });
  return { news, ended, stop };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function price(underlying: string, text: string, ageMs = 0): SourcePrice {
  return { underlying, price: text, confidence: '1', timeMs: Date.now() - ageMs };
}

test('prices are signed and taken; what a source says in one breath is one message', async () => {
  const node = new MachineNode(['BTC', 'ETH']);
  for (const name of ['BTC', 'ETH']) node.setPublisher(name, 3, address);
  const underlyings = [
    { name: 'BTC', start: 60_000 },
    { name: 'ETH', start: 3_000 },
  ];
  const stop = new AbortController();
  const prices = seededPrices({ seed: 'x', everyMs: 5, underlyings, signal: stop.signal });
  const running = publish(node, { prices, signal: stop.signal });
  while (node.sent.length < 5) await pause(2);
  stop.abort();
  const totals = await running.ended;
  expect(running.news).toEqual([
    { kind: 'connected', network: 'test', underlyings: ['BTC', 'ETH'] },
  ]);
  expect(totals).toMatchObject({ refused: 0, dropped: 0, failures: 0 });
  expect(totals.taken).toBeGreaterThanOrEqual(8);
  expect(node.indexOf('BTC')).toBeGreaterThan(590_000);
  expect(node.indexOf('ETH')).toBeLessThan(31_000);
  for (const { prices: sent } of node.sent) {
    expect(sent.map(({ underlying, source }) => [underlying, source])).toEqual([
      [1, 3],
      [2, 3],
    ]);
  }
});

test('while a node is slow the newest price of each underlying waits, and no other', async () => {
  const node = new MachineNode(['BTC']);
  node.setPublisher('BTC', 0, address);
  const prices = (async function* () {
    yield price('BTC', '100');
    while (node.sent.length === 0) await pause(1);
    for (let at = 101; at <= 150; at++) yield price('BTC', String(at));
    while (node.sent.length < 2) await pause(1);
  })();
  node.before = () => pause(30);
  const totals = await publish(node, { prices }).ended;
  expect(node.sent.map((each) => each.prices[0]?.price)).toEqual([1_000n, 1_500n]);
  expect(totals.taken).toBe(2);
});

test('an old price is never sent, nor one that is no price, nor one that is not newer', async () => {
  const node = new MachineNode(['BTC']);
  node.setPublisher('BTC', 0, address);
  const held = price('BTC', '100');
  const prices = (async function* () {
    for (const each of [price('BTC', '99', 5_100), held, held, price('BTC', 'NaN')]) {
      yield each;
      await pause(5);
    }
  })();
  const { news, ended } = publish(node, { prices });
  expect(await ended).toMatchObject({ taken: 1, dropped: 3, refused: 0 });
  expect(node.sent).toHaveLength(1);
  expect(news.map(({ kind }) => kind)).toEqual(['connected', 'old', 'unusable']);
});

test('a node that is away is tried again, and then gets the newest price', async () => {
  const node = new MachineNode(['BTC']);
  node.setPublisher('BTC', 0, address);
  let attempts = 0;
  node.before = async () => {
    if (++attempts <= 2) throw new NodeUnreachableError('http://nowhere', 'cannot be reached');
  };
  let newest = 0n;
  const prices = (async function* () {
    for (let at = 100; node.sent.length === 0; at++) {
      newest = BigInt(at);
      yield price('BTC', String(at));
      await pause(20);
    }
  })();
  const { news, ended } = publish(node, { prices });
  expect(await ended).toMatchObject({ taken: 1, failures: 2 });
  const waits = news.flatMap((each) => (each.kind === 'failed' ? [each.retryMs] : []));
  expect(waits).toEqual([100, 200]);
  expect(newest).toBeGreaterThan(101n);
  expect(node.sent[0]?.prices[0]?.price).toBe(newest * 10n);
});

test('what the machine refuses is said, with its number', async () => {
  const node = new MachineNode(['BTC']);
  node.setPublisher('BTC', 0, address);
  const prices = (async function* () {
    yield price('BTC', '100');
    while (node.sent.length === 0) await pause(1);
    // The key is replaced behind the publisher's back.
    node.setPublisher('BTC', 0, newKey().address);
    yield price('BTC', '101');
    await pause(20);
  })();
  const { news, ended } = publish(node, { prices });
  expect(await ended).toMatchObject({ taken: 1, refused: 1 });
  expect(news.at(-1)).toMatchObject({ kind: 'refused', problem: { name: 'publisherUnknown' } });
});

test('a key that is no source of an underlying is told so, once', async () => {
  const node = new MachineNode(['BTC']);
  const prices = (async function* () {
    for (let at = 0; at < 5; at++) {
      yield price('BTC', '100');
      await pause(5);
    }
  })();
  const { news, ended } = publish(node, { prices });
  expect(await ended).toMatchObject({ taken: 0, dropped: 5 });
  const said = news.filter(({ kind }) => kind === 'notSource');
  expect(said).toEqual([{ kind: 'notSource', underlying: 'BTC', publisher: address }]);
});

test('a source that fails ends the publisher with its error', async () => {
  const node = new MachineNode(['BTC']);
  const prices = (async function* () {
    yield price('BTC', '100');
    throw new PriceSourceError('the file is gone');
  })();
  await expect(publish(node, { prices }).ended).rejects.toThrow('the file is gone');
});

test('the signal ends it though the source is silent', async () => {
  const node = new MachineNode(['BTC']);
  const prices = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const { stop, ended } = publish(node, { prices });
  await pause(5);
  stop.abort();
  expect(await ended).toMatchObject({ taken: 0 });
});
