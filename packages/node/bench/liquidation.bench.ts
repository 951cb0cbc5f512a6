// From a signed price to a liquidation that is on disk and published: a publisher's frame leaves
// this process, and the message of the channel `liquidations` that closes the account out comes
// back. Everybody holds a position; each step of the price breaks one account. Arguments: accounts
// (10,000; the target is set for 100,000), steps (100).
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSubmitFrame, type ServerMessage } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { WebSocket } from 'ws';
import { setUp } from './loadSetUp.js';
import { BOOKS, createSigner, order, owner, PRICE } from './loadWorld.js';

const accounts = Number(process.argv[2] ?? 10_000);
const steps = Number(process.argv[3] ?? 100);
/** Accounts 1 to `steps` break one after the other; the next one trades with all. */
const maker = steps + 1;
const WINDOW = 1_000;
/** Of the price, a step. */
const STEP = 0.0004;
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const directory = mkdtempSync(join(tmpdir(), 'plimsoll-liquidation-'));
const node = fork(new URL('./loadNode.js', import.meta.url), [directory, String(accounts)]);
try {
  const url = await new Promise<string>((resolve, reject) => {
    node.once('message', (message) => resolve((message as { url: string }).url));
    node.once('exit', (code) => reject(new Error(`the node ended: ${code}`)));
  });
  say(`${availableParallelism()} cores for the node, the publisher and the traders together`);
  const publishing = await setUp(url, accounts, {
    say,
    deposits: (account) => (account === maker ? 1_000_000_000 : 1_000),
  });
  const trader = await connect(url);
  await openPositions(trader);
  await measure(trader, publishing.say);
  publishing.stop();
  trader.socket.close();
} finally {
  node.send('stop');
  await new Promise((resolve) => node.once('exit', resolve));
  rmSync(directory, { recursive: true, force: true });
}

interface Trader {
  readonly socket: WebSocket;
  readonly closedOut: Map<number, number>;
  send(account: number, actions: readonly Action[]): Promise<void>;
  readonly waiting: () => number;
}

async function connect(url: string): Promise<Trader> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const signer = await createSigner(accounts);
  const waiting = new Map<number, () => void>();
  const closedOut = new Map<number, number>();
  let id = 1;
  socket.on('message', (data) => {
    const now = performance.now();
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'update' && message.channel === 'liquidations') {
      for (const { event } of message.events) {
        const { kind, account } = event as { kind: string; account: number };
        if (kind === 'closedOut' && !closedOut.has(account)) closedOut.set(account, now);
      }
    }
    if (message.type !== 'receipts') return;
    for (const result of message.results) {
      const problem =
        'problem' in result ? result.problem : result.receipt.actions.find((each) => each !== null);
      if (problem !== null && problem !== undefined) throw new Error(JSON.stringify(problem));
      waiting.get(result.id)?.();
      waiting.delete(result.id);
    }
  });
  const topics = [{ channel: 'liquidations' }];
  socket.send(JSON.stringify({ op: 'subscribe', id: 0, topics }));
  return {
    socket,
    closedOut,
    waiting: () => waiting.size,
    send: (account, actions) => {
      const command = signer.command(owner(account).key, account, actions);
      id++;
      const answered = new Promise<void>((resolve) => waiting.set(id, resolve));
      socket.send(encodeSubmitFrame({ id, withEvents: false, commands: [command] }));
      return answered;
    },
  };
}

/** Dollars of position at which 1,000 dollars fall below maintenance after so many steps. */
function breakingLots(step: number): number {
  const fall = 0.03 + step * STEP;
  const notional = 1_000 / (fall + 0.025 * (1 - fall));
  return Math.floor((notional * 100) / (PRICE / 1_000));
}

async function openPositions(trader: Trader): Promise<void> {
  const startMs = performance.now();
  for (let book = 1; book <= BOOKS; book++) {
    const wish = { side: 'sell', size: 20_000_000, price: PRICE } as const;
    await trader.send(maker, [order({ instrument: book, ...wish })]);
  }
  for (let account = 1; account <= accounts; account++) {
    if (account === maker) continue;
    while (trader.waiting() >= WINDOW) await new Promise((resolve) => setTimeout(resolve, 1));
    const size = account <= steps ? breakingLots(account) : 1;
    const instrument = account <= steps ? 1 : 1 + (account % BOOKS);
    trader.send(account, [order({ instrument, side: 'buy', size, price: PRICE })]);
  }
  while (trader.waiting() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await trader.send(maker, [{ kind: 'cancelAll', instrument: 0 }]);
  say(`${accounts} positions in ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
}

async function measure(trader: Trader, publish: (price: number) => void): Promise<void> {
  const took: number[] = [];
  let unbroken = 0;
  for (let step = 1; step <= steps; step++) {
    const price = Math.floor(PRICE * (1 - 0.03 - (step + 0.5) * STEP));
    const bid = { instrument: 1, side: 'buy', size: 1_000_000, price: Math.floor(price * 0.9995) };
    await trader.send(maker, [
      { kind: 'cancelAll', instrument: 1 },
      order(bid as Parameters<typeof order>[0]),
    ]);
    // An order counts as depth once it has stood for a while, and prices come every so often.
    await new Promise((resolve) => setTimeout(resolve, 120));
    const sentMs = performance.now();
    publish(price);
    const untilMs = sentMs + 2_000;
    while (!trader.closedOut.has(step) && performance.now() < untilMs) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const doneMs = trader.closedOut.get(step);
    if (doneMs === undefined || doneMs < sentMs) unbroken++;
    else took.push(doneMs - sentMs);
  }
  took.sort((a, b) => a - b);
  const at = (q: number): string =>
    (took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? Number.NaN).toFixed(1);
  say(
    `price → closed out, on disk, published, of ${accounts} accounts: ` +
      `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms ` +
      `(${took.length} of ${steps} steps; ${unbroken} broke at another step)`,
  );
  if (took.length < steps / 2) process.exitCode = 1;
}
