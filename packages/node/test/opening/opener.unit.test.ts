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
import { type Problem, ProblemError } from '@plimsoll/api/wire';
import { encodeCommandBody, type UnsignedObservation } from '@plimsoll/core/schema';
import { describe, expect, test } from 'vitest';
import { encodeAnswers } from '../../src/opening/batch.ts';
import { createGatheringOpener } from '../../src/opening/gatheringOpener.ts';
import { createInProcessOpener, type OpenedBatch } from '../../src/opening/index.ts';

const network: Network = { name: 'test', chainId: 31_337, genesisHash: `0x${'11'.repeat(32)}` };
const target = typedDataTarget(network);
const key = new Uint8Array(32).fill(7);
const owner = addressOf(key);

function commandOf(nonce: number): UnsignedCommand {
  const actions = [{ kind: 'cancelOrder', order: nonce, clientId: 0 } as const];
  return { account: 7, nonce, expiresMs: 1_760_000_060_000, actions };
}

function signed(command: UnsignedCommand, on = network): [Uint8Array, Uint8Array] {
  return [encodeCommandBody(command), bytesOfHex(signCommand(command, on, key).signature)];
}

const price: UnsignedObservation = {
  underlying: 1,
  source: 2,
  price: 100n,
  confidence: 1n,
  timeMs: 1_760_000_000_000,
};

async function problemOf(opening: Promise<unknown>): Promise<Problem> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

describe.each(['native', 'noble'] as const)('with the %s curve', (curve) => {
  test('a command opens to its signer and to the digest of its bytes', async () => {
    const opener = await createInProcessOpener({ network, curve });
    const opened = await opener.openCommand(...signed(commandOf(1)));
    expect(opened.signer).toBe(owner);
    expect(hexOfBytes(opened.digest)).toBe(hexOfBytes(commandDigest(commandOf(1), target)));
    await opener.close();
  });

  test('prices open to their publisher', async () => {
    const opener = await createInProcessOpener({ network, curve });
    const prices = [price, { ...price, source: 3, price: -5n }];
    const { signature } = signPrices(prices, network, key);
    const opened = await opener.openPrices(prices, bytesOfHex(signature));
    expect(opened.signer).toBe(owner);
    expect(hexOfBytes(opened.digest)).toBe(hexOfBytes(pricesDigest(prices, target)));
    await opener.close();
  });

  test('what is wrong with a signature is said with the digest and how it was formed', async () => {
    const opener = await createInProcessOpener({ network, curve });
    const [body, signature] = signed(commandOf(1));
    signature.fill(0xff, 32, 33);
    const problem = await problemOf(opener.openCommand(body, signature));
    const digest = hexOfBytes(commandDigest(commandOf(1), target));
    expect(problem).toMatchObject({
      name: 'signatureInvalid',
      status: 401,
      figures: {
        fault: 'sHigh',
        signatureBytes: 65,
        digest,
        primaryType: 'CancelOrder',
        domainName: 'Plimsoll test',
        domainVersion: '1',
        chainId: 31_337,
        salt: network.genesisHash,
      },
    });
    expect(problem.detail).toMatch(
      /^signature: s is in the upper half: .*; the digest 0x[0-9a-f]{64} is of CancelOrder /,
    );
    await opener.close();
  });
});

describe('what cannot be opened disturbs nobody', () => {
  test('a batch of good and bad answers each by its own', async () => {
    const opener = await createInProcessOpener({ network });
    const [body, signature] = signed(commandOf(1));
    const other = signed(commandOf(1), { ...network, chainId: 1 })[1];
    const flipped = body.slice(0, -1);
    const [good, short, malformed, foreign, empty] = await Promise.allSettled([
      opener.openCommand(body, signature),
      opener.openCommand(body, signature.subarray(1)),
      opener.openCommand(flipped, signature),
      opener.openCommand(body, other),
      opener.openCommand(new Uint8Array(0), new Uint8Array(0)),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: { signer: owner } });
    expect(short).toMatchObject({ reason: { problem: { figures: { fault: 'length' } } } });
    expect(malformed).toMatchObject({ reason: { problem: { name: 'malformed', status: 400 } } });
    expect(foreign.status).toBe('fulfilled');
    expect(foreign).not.toMatchObject({ value: { signer: owner } });
    expect(empty).toMatchObject({ reason: { problem: { name: 'malformed' } } });
    await opener.close();
  });

  test('prices that no machine would take are malformed, by their place', async () => {
    const opener = await createInProcessOpener({ network });
    const wrong = [price, { ...price, timeMs: -1 }];
    const problem = await problemOf(opener.openPrices(wrong, new Uint8Array(65)));
    expect(problem).toMatchObject({ name: 'malformed', status: 400 });
    expect(problem.detail).toContain('prices[1]: timeMs');
    const none = await problemOf(opener.openPrices([], new Uint8Array(65)));
    expect(none.detail).toBe('prices: there must be at least one');
    await opener.close();
  });

  test('a thread that fails is a problem of the node, and the next batch opens', async () => {
    let calls = 0;
    const digest = new Uint8Array(32).fill(5);
    const opener = createGatheringOpener({
      lanes: 1,
      send: async () => {
        calls++;
        if (calls === 1) throw new Error('the thread died');
        return encodeAnswers([{ signer: owner, digest }]);
      },
      close: async () => undefined,
    });
    const [body, signature] = signed(commandOf(1));
    const problem = await problemOf(opener.openCommand(body, signature));
    expect(problem).toMatchObject({ name: 'internal', status: 500 });
    expect(problem.detail).not.toContain('died');
    await expect(opener.openCommand(body, signature)).resolves.toEqual({ signer: owner, digest });
    await opener.close();
  });
});

describe('batches are as large as the load makes them', () => {
  test('requests of one turn go together', async () => {
    const batches: OpenedBatch[] = [];
    const opener = await createInProcessOpener({
      network,
      onBatch: (batch) => batches.push(batch),
    });
    const requests = Array.from({ length: 10 }, (_, i) => signed(commandOf(i + 1)));
    const opened = await Promise.all(requests.map((request) => opener.openCommand(...request)));
    expect(new Set(opened.map(({ signer }) => signer))).toEqual(new Set([owner]));
    opened.forEach(({ digest }, i) => {
      const own = commandDigest(commandOf(i + 1), target);
      expect(hexOfBytes(digest)).toBe(hexOfBytes(own));
    });
    expect(batches.map(({ size }) => size)).toEqual([10]);
    await opener.close();
  });

  test('what arrives while all lanes are busy gathers, and no batch is too large', async () => {
    const sizes: number[] = [];
    let isBusy = 0;
    let busiest = 0;
    const opener = createGatheringOpener({
      lanes: 2,
      send: async (requests) => {
        const size = new DataView(requests.buffer).getUint32(0, true);
        sizes.push(size);
        busiest = Math.max(busiest, ++isBusy);
        await new Promise((resolve) => setTimeout(resolve, 2));
        isBusy--;
        const answer = { signer: owner, digest: new Uint8Array(32) };
        return encodeAnswers(Array.from({ length: size }, () => answer));
      },
      close: async () => undefined,
    });
    const [body, signature] = signed(commandOf(1));
    const open = (count: number): Promise<unknown>[] =>
      Array.from({ length: count }, () => opener.openCommand(body, signature));
    const first = open(4);
    await new Promise((resolve) => setImmediate(resolve));
    const rest = open(300);
    await opener.close();
    await Promise.all([...first, ...rest]);
    expect(sizes.slice(0, 2)).toEqual([2, 2]);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(304);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(96);
    expect(sizes.length).toBeLessThan(12);
    expect(busiest).toBe(2);
  });

  test('answers come in the order of asking, whichever lane is faster', async () => {
    let lane = 0;
    const opener = createGatheringOpener({
      lanes: 2,
      send: async (requests) => {
        const delayMs = lane++ % 2 === 0 ? 8 : 1;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        const size = new DataView(requests.buffer).getUint32(0, true);
        const answer = { signer: owner, digest: new Uint8Array(32) };
        return encodeAnswers(Array.from({ length: size }, () => answer));
      },
      close: async () => undefined,
    });
    const order: number[] = [];
    const request = signed(commandOf(1));
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        await opener.openCommand(...request);
        order.push(i);
      }),
    );
    expect(order).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(lane).toBeGreaterThan(4);
    await opener.close();
  });

  test('after closing nothing is opened, and what was asked before is answered', async () => {
    const opener = await createInProcessOpener({ network });
    const request = signed(commandOf(1));
    const before = opener.openCommand(...request);
    const closing = opener.close();
    const problem = await problemOf(opener.openCommand(...request));
    expect(problem).toMatchObject({ name: 'notReady', status: 503, isRetryable: true });
    await expect(before).resolves.toMatchObject({ signer: owner });
    await closing;
  });
});

describe('a flood waits for itself', () => {
  const [body, signature] = signed(commandOf(1));
  const answer = { signer: owner, digest: new Uint8Array(32) };

  async function sizeOf(requests: Uint8Array): Promise<ReturnType<typeof encodeAnswers>> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const size = new DataView(requests.buffer).getUint32(0, true);
    return encodeAnswers(Array.from({ length: size }, () => answer));
  }

  test('a newcomer is opened in the next batch, whatever another source has waiting', async () => {
    const opener = createGatheringOpener({ lanes: 1, send: sizeOf, close: async () => undefined });
    const order: string[] = [];
    const ask = (source: string): Promise<unknown> =>
      opener.openCommand(body, signature, source).then(() => order.push(source));
    const flood = Array.from({ length: 1000 }, () => ask('flood'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([ask('newcomer'), ask('another')]);
    expect(order.filter((source) => source === 'flood').length).toBeLessThanOrEqual(3 * 96);
    await Promise.all(flood);
    await opener.close();
  });

  test('what waits is bounded, for one source and for all', async () => {
    const opener = createGatheringOpener({
      lanes: 1,
      send: sizeOf,
      close: async () => undefined,
      waitingMax: 40,
    });
    const ask = (count: number, source?: string): Promise<unknown>[] =>
      Array.from({ length: count }, () => opener.openCommand(body, signature, source));
    const taken = [...ask(10, 'a'), ...ask(10, 'b'), ...ask(9, 'c'), ...ask(10)];
    expect(await problemOf(opener.openCommand(body, signature, 'a'))).toMatchObject({
      name: 'overloaded',
      isRetryable: true,
      figures: { waitingOfYou: 10, mostOfOne: 10, waiting: 39, most: 40 },
    });
    taken.push(...ask(1, 'd'));
    const prices = await problemOf(opener.openPrices([price], signature, 'e'));
    expect(prices).toMatchObject({ name: 'overloaded', figures: { waitingOfYou: 0, waiting: 40 } });
    await Promise.all(taken);
    await expect(opener.openCommand(body, signature, 'a')).resolves.toEqual(answer);
    await opener.close();
  });
});
