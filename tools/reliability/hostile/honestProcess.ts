// The honest client, a process of its own: two accounts that trade with each other at a steady rate
// and a publisher of the price, with the client that everybody uses. It measures from when a
// command was due, so that what waits behind a slow answer counts too.
import { type Hex, type Network, typedDataTarget, type UnsignedCommand } from '@plimsoll/api';
import { type Client, ClientError, createClient } from '@plimsoll/api/client';
import {
  createDigester,
  type Digester,
  hexOfBytes,
  privateKeySigner,
  type Signer,
} from '@plimsoll/api/signing';
import type { Action, Address } from '@plimsoll/core/schema';
import { WebSocket } from '@plimsoll/node/webSocket';
import { ACCOUNTS, cancelAll, cast, type Keyed, order, PRICE } from './cast.ts';
import type { FromHonest, ToHonest } from './honestMessages.ts';
import { Latencies } from './latencies.ts';
import { Lawful, Seals } from './lawful.ts';
import { Line } from './line.ts';

const PRICE_EVERY_MS = 500;
const TELL_EVERY_MS = 250;
/** What is not answered by then is lost. */
const ANSWER_MS = 60_000;

const latencies = new Latencies();
/** From a receipt to the message of its block on the stream. */
const tellings = new Latencies();
const untold: { readonly height: number; readonly atMs: number; readonly phase: string }[] = [];
let toldHeight = 0;
const places: Record<Hex, string> = {};
const lost: Record<string, number> = {};
const idle: Record<string, number> = {};
const pricesLost: Record<string, number> = {};
let signed: [Hex, Address][] = [];
let digester: Digester | undefined;
let signedPrices: Hex[] = [];
let phase = 'start';
let sent = 0;
let pricesSent = 0;
let underWay = 0;
let stallMs = 0;

function tell(message: FromHonest): void {
  process.send?.(message);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Signs as usual, and notes what: the director has to know whose commands are in the blocks. */
function noting(keyed: Keyed): Signer {
  const signer = privateKeySigner(keyed.key);
  return {
    address: signer.address,
    signCommand: async (command: UnsignedCommand, network: Network) => {
      digester ??= createDigester(typedDataTarget(network));
      signed.push([hexOfBytes(digester.command(command)), keyed.address]);
      return signer.signCommand(command, network);
    },
  };
}

/** Told in time: what is in a block at the end was told of before. */
function tellSigned(): void {
  if (signed.length + signedPrices.length === 0) return;
  tell({ kind: 'signed', commands: signed, prices: signedPrices });
  signed = [];
  signedPrices = [];
}

async function submit(client: Client, actions: readonly Action[], dueMs: number): Promise<void> {
  sent += 1;
  underWay += 1;
  const during = phase;
  try {
    const { digest, height, index } = await client.submit(actions);
    places[digest] = `${height}.${index}`;
    if (height <= toldHeight) tellings.add(during, 0);
    else untold.push({ height, atMs: performance.now(), phase: during });
  } catch (error) {
    note(error);
  }
  latencies.add(during, performance.now() - dueMs);
  underWay -= 1;
}

/** A receipt that says no is an answer of the market; anything else is a lost command. */
function note(error: unknown): void {
  const receipt = (error as { receipt?: { digest: Hex; height: number; index: number } }).receipt;
  const name = error instanceof ClientError ? `${error.name} ${error.code}` : String(error);
  if (receipt === undefined) count(lost, name.slice(0, 160));
  else {
    places[receipt.digest] = `${receipt.height}.${receipt.index}`;
    count(idle, name.slice(0, 80));
  }
}

/** The block of some receipts came over the stream. */
function toldOf(height: number): void {
  toldHeight = height;
  while (untold[0] !== undefined && untold[0].height <= height) {
    const { atMs, phase: during } = untold[0];
    tellings.add(during, performance.now() - atMs);
    untold.shift();
  }
}

interface Traders {
  readonly a: Client;
  readonly b: Client;
}

/** Who does what next: one rests, the other takes, and back; now and then both clear up. */
function turnOf({ a, b }: Traders, turn: number): readonly [Client, readonly Action[]] {
  if (turn % 200 === 198) return [a, [cancelAll]];
  if (turn % 200 === 199) return [b, [cancelAll]];
  switch (turn % 4) {
    case 0:
      return [a, [order('sell', PRICE)]];
    case 1:
      return [b, [order('buy', PRICE, 'immediateOrCancel')]];
    case 2:
      return [b, [order('sell', PRICE)]];
    default:
      return [a, [order('buy', PRICE, 'immediateOrCancel')]];
  }
}

function startTrading(traders: Traders, ratePerSecond: number): NodeJS.Timeout {
  const everyMs = 1000 / ratePerSecond;
  let nextMs = performance.now() + everyMs;
  let turn = 0;
  let lastMs = performance.now();
  return setInterval(() => {
    stallMs = Math.max(stallMs, performance.now() - lastMs);
    lastMs = performance.now();
    while (nextMs <= performance.now()) {
      const [client, actions] = turnOf(traders, turn++);
      void submit(client, actions, nextMs);
      nextMs += everyMs;
    }
  }, 1);
}

async function publish(line: Line, seals: Seals): Promise<void> {
  pricesSent += 1;
  const timeMs = Date.now();
  const price = { underlying: 1, source: 0, price: BigInt(PRICE), confidence: 0n, timeMs };
  const sealed = seals.lawfulPrices(cast.publisher, [price]);
  signedPrices.push(...seals.lawful.prices.keys());
  seals.lawful.prices.clear();
  const answer = await line.publish(sealed);
  // Somebody who stole the key may have said a price of the same millisecond.
  if (answer !== 'published' && answer !== 'observationOrder') count(pricesLost, answer);
}

async function run(port: number, ratePerSecond: number): Promise<() => Promise<void>> {
  const url = `http://127.0.0.1:${port}`;
  const clientOf = (account: number, keyed: Keyed): Client =>
    createClient({
      url,
      account,
      signer: noting(keyed),
      WebSocket,
      withEvents: false,
      timeoutMs: ANSWER_MS,
    });
  const traders: Traders = {
    a: clientOf(ACCOUNTS.honestA, cast.honestA),
    b: clientOf(ACCOUNTS.honestB, cast.honestB),
  };
  const seals = new Seals(await traders.a.network(), new Lawful());
  const line = await Line.open({ port, from: '127.0.0.1' });
  await publish(line, seals);
  await traders.a.submit([cancelAll]).then(({ digest, height, index }) => {
    sent += 1;
    places[digest] = `${height}.${index}`;
  });
  const reader = createClient({ url, WebSocket });
  reader.subscribe({ channel: 'blocks' }, ({ height }) => toldOf(height));
  const publishing = setInterval(() => void publish(line, seals), PRICE_EVERY_MS);
  const telling = setInterval(tellSigned, TELL_EVERY_MS);
  const trading = startTrading(traders, ratePerSecond);
  return async () => {
    clearInterval(trading);
    clearInterval(publishing);
    const deadline = Date.now() + ANSWER_MS;
    while (underWay > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    clearInterval(telling);
    tellSigned();
    for (const each of [traders.a, traders.b, reader]) each.close();
    line.socket.close();
  };
}

let stop: (() => Promise<void>) | undefined;
process.on('message', async (message: ToHonest) => {
  if (message.kind === 'start') {
    stop = await run(message.port, message.ratePerSecond);
    tell({ kind: 'ready' });
  } else if (message.kind === 'phase') {
    phase = message.name;
  } else {
    await stop?.();
    const counts = { sent, places, lost, idle, stallMs, pricesSent, pricesLost };
    const report = { ...counts, phases: latencies.summary, told: tellings.summary };
    process.send?.({ kind: 'done', report } satisfies FromHonest, () => process.disconnect());
  }
});
