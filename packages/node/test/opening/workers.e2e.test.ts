// The pool of real threads, as it ships: it needs the build.
import type { Network, UnsignedCommand } from '@plimsoll/api';
import { typedDataTarget } from '@plimsoll/api';
import {
  addressOf,
  bytesOfHex,
  commandDigest,
  hexOfBytes,
  pricesDigest,
  signCommand,
  signPrices,
} from '@plimsoll/api/signing';
import type { ProblemError } from '@plimsoll/api/wire';
import { encodeCommandBody } from '@plimsoll/core/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpener } from '../../dist/opening/index.js';
import type { OpenedBatch, OpenerOptions } from '../../src/opening/index.ts';
import type { Opener } from '../../src/parts.ts';

const network: Network = { name: 'e2e', chainId: 31_337, genesisHash: `0x${'22'.repeat(32)}` };
const target = typedDataTarget(network);
const keys = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(i + 1));
const batches: OpenedBatch[] = [];
const fallbacks: string[] = [];
let opener: Opener;

beforeAll(async () => {
  const options: OpenerOptions = {
    network,
    threads: 2,
    onBatch: (batch) => batches.push(batch),
    onFallback: (reason) => fallbacks.push(reason),
  };
  opener = await createOpener(options);
});

afterAll(() => opener.close());

function commandOf(i: number): UnsignedCommand {
  const cancel = { kind: 'cancelOrder', order: i, clientId: 0 } as const;
  const actions = Array.from({ length: 1 + (i % 8) }, () => cancel);
  return { account: 1 + (i % 8), nonce: i, expiresMs: 1_760_000_060_000, actions };
}

test('threads open a thousand commands in batches, each to its signer and digest', async () => {
  const requests = Array.from({ length: 1000 }, (_, i) => {
    const key = keys[i % keys.length] as Uint8Array;
    const command = commandOf(i);
    const { signature } = signCommand(command, network, key);
    return { command, key, signature: bytesOfHex(signature), body: encodeCommandBody(command) };
  });
  const opened = await Promise.all(
    requests.map(({ body, signature }) => opener.openCommand(body, signature)),
  );
  opened.forEach(({ signer, digest }, i) => {
    const { command, key } = requests[i] as (typeof requests)[number];
    expect(signer).toBe(addressOf(key));
    expect(hexOfBytes(digest)).toBe(hexOfBytes(commandDigest(command, target)));
  });
  expect(batches.reduce((sum, { size }) => sum + size, 0)).toBe(1000);
  expect(batches.length).toBeLessThan(100);
  expect(batches.every(({ seconds, problems }) => seconds > 0 && problems === 0)).toBe(true);
  // Two threads worked, and what was handed in is still whole: only copies are transferred.
  expect(requests.every(({ body }) => body.length > 0)).toBe(true);
});

test('the native library is what ships', () => {
  expect(fallbacks).toEqual([]);
});

test('prices open in a thread', async () => {
  const prices = [{ underlying: 1, source: 0, price: 5n, confidence: 1n, timeMs: 7 }];
  const key = keys[0] as Uint8Array;
  const { signature } = signPrices(prices, network, key);
  const opened = await opener.openPrices(prices, bytesOfHex(signature));
  expect(opened.signer).toBe(addressOf(key));
  expect(hexOfBytes(opened.digest)).toBe(hexOfBytes(pricesDigest(prices, target)));
});

test('a hostile request among good ones gets its problem, the others their signer', async () => {
  const key = keys[0] as Uint8Array;
  const command = commandOf(1);
  const body = encodeCommandBody(command);
  const good = bytesOfHex(signCommand(command, network, key).signature);
  const high = good.slice();
  high.fill(0xff, 32, 33);
  const outcomes = await Promise.allSettled(
    [good, high, new Uint8Array(3), good].map((signature) => opener.openCommand(body, signature)),
  );
  const faults = outcomes.map((outcome) =>
    outcome.status === 'fulfilled'
      ? outcome.value.signer
      : (outcome.reason as ProblemError).problem.figures?.fault,
  );
  expect(faults).toEqual([addressOf(key), 'sHigh', 'length', addressOf(key)]);
});

test('a closed pool has no threads left and opens nothing', async () => {
  const other = await createOpener({ network, threads: 1 });
  const command = commandOf(1);
  const signature = bytesOfHex(signCommand(command, network, keys[0] as Uint8Array).signature);
  const body = encodeCommandBody(command);
  const before = other.openCommand(body, signature);
  await other.close();
  await expect(before).resolves.toMatchObject({ signer: addressOf(keys[0] as Uint8Array) });
  await expect(other.openCommand(body, signature)).rejects.toMatchObject({
    problem: { name: 'notReady' },
  });
});
