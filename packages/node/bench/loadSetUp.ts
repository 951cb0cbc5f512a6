// Lists the markets, opens the accounts and keeps prices coming, all through the node's door.
import { encodeSubmitFrame, type ServerMessage } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { WebSocket } from 'ws';
import {
  admin,
  BOOKS,
  createSigner,
  custodian,
  deposit,
  listing,
  owner,
  PRICE,
} from './loadWorld.js';

/** Every command in a frame of its own, at most so many without an answer. */
const WINDOW = 64;

export interface Publishing {
  /** Says a price, in cents, of all markets at once, and goes on saying it. */
  say(price: number): void;
  stop(): void;
}

/** How many dollars an account begins with. */
export type Deposits = (account: number) => number;

export async function setUp(
  url: string,
  accounts: number,
  options: { readonly say: (text: string) => void; readonly deposits?: Deposits },
): Promise<Publishing> {
  const { say, deposits = () => 100_000 } = options;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const signer = await createSigner(accounts);
  const waiting = new Map<number, () => void>();
  let nextId = 1;
  let failure: string | undefined;
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'problem') failure = message.problem.detail;
    if (message.type !== 'receipts') return;
    for (const result of message.results) {
      waiting.get(result.id)?.();
      waiting.delete(result.id);
      const problem =
        'problem' in result ? result.problem : result.receipt.actions.find((each) => each !== null);
      if (problem !== null && problem !== undefined) failure = JSON.stringify(problem);
    }
  });
  const submit = (key: Uint8Array, actions: readonly Action[]): Promise<void> => {
    const command = signer.command(key, 0, actions);
    const id = nextId++;
    const answered = new Promise<void>((resolve) => waiting.set(id, resolve));
    socket.send(encodeSubmitFrame({ id, withEvents: false, commands: [command] }));
    return answered;
  };
  for (let book = 1; book <= BOOKS; book++) await submit(admin.key, listing(book));
  const actions = Array.from({ length: accounts }, (_, i) =>
    deposit(i + 1, owner(i + 1).address, deposits(i + 1)),
  );
  const startMs = performance.now();
  for (let at = 0; at < actions.length; at += 32) {
    while (waiting.size >= WINDOW) await new Promise((resolve) => setTimeout(resolve, 1));
    submit(custodian.key, actions.slice(at, at + 32));
  }
  while (waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  if (failure !== undefined) throw new Error(`the set-up was refused: ${failure}`);
  say(`${accounts} accounts and ${BOOKS} markets in ${Math.round(performance.now() - startMs)} ms`);
  const publishing = publish(socket, signer);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  return publishing;
}

function publish(socket: WebSocket, signer: Awaited<ReturnType<typeof createSigner>>): Publishing {
  let price = PRICE;
  let id = 1_000_000;
  const publishNow = (): void => {
    const timeMs = Date.now();
    const prices = Array.from({ length: BOOKS }, (_, i) => ({
      underlying: i + 1,
      source: 0,
      price: BigInt(price),
      confidence: 0n,
      timeMs,
    }));
    const signature = `0x${Buffer.from(signer.prices(prices)).toString('hex')}`;
    const text = JSON.stringify({
      op: 'publish',
      id: id++,
      prices: prices.map((each) => ({
        ...each,
        price: String(each.price),
        confidence: String(each.confidence),
      })),
      signature,
    });
    socket.send(text);
  };
  const timer = setInterval(publishNow, 500);
  return {
    say: (value) => {
      price = value;
      publishNow();
    },
    stop: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}
