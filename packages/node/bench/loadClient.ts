// Clients in a process of their own: they sign first, then send, and time every receipt from the
// moment at which the command was due, so that a stall is paid for by all that it delays. What is
// measured is the node: signatures made meanwhile would take the cores that it runs on.
import { encodeSubmitFrame, type ReceiptsMessage, type ServerMessage } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { WebSocket } from 'ws';
import { BOOKS, createSigner, order, owner, PRICE } from './loadWorld.js';

export interface LoadPlan {
  readonly url: string;
  readonly accounts: number;
  readonly connections: number;
  readonly actionsPerCommand: number;
  /** Commands a second; 0: as fast as `window` unanswered ones per connection allow. */
  readonly rate: number;
  readonly window: number;
  readonly seconds: number;
}

/** More a second than any run reached: a run that has sent all that was signed ends early. */
const FASTEST = { single: 14_000, batches: 7_000 };

export interface LoadReport {
  readonly commands: number;
  readonly actions: number;
  readonly refusedActions: number;
  readonly problems: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds, ascending quantiles. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** While it ran, without the signing. */
  readonly cpuSeconds: number;
  /** Processor time of one signed command before the run, microseconds. */
  readonly signingUs: number;
}

const plan = JSON.parse(process.argv[2] as string) as LoadPlan;
const signer = await createSigner(plan.accounts);
const keys = Array.from({ length: plan.accounts }, (_, i) => owner(i + 1).key);
let seed = 7;
const random = (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  let x = seed ^ (seed >>> 16);
  x = Math.imul(x, 0x45d9f3b) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 4_294_967_296;
};

/** Open orders by account, as client ids. */
const open: number[][] = keys.map(() => []);
let clientId = Date.now();

/** Half rest, 15 % cross, 35 % cancel, as in the benches of the core. */
function action(account: number): Action {
  const dice = random();
  const mine = open[account - 1] as number[];
  if ((dice < 0.35 && mine.length > 0) || mine.length > 40) {
    const [id] = mine.splice(Math.floor(random() * mine.length), 1);
    return { kind: 'cancelOrder', order: 0, clientId: id as number };
  }
  const isBuy = random() < 0.5;
  // An account trades in four of the markets.
  const instrument = 1 + ((account + Math.floor(random() * 4)) % BOOKS);
  const size = 1 + Math.floor(random() * 10);
  const side = isBuy ? 'buy' : 'sell';
  if (dice < 0.5) {
    const price = isBuy ? PRICE + 2_000 : PRICE - 2_000;
    return order({ instrument, side, size: 1, price, isImmediate: true });
  }
  const away = 1 + Math.floor(random() * 200);
  mine.push(++clientId);
  return order({
    instrument,
    side,
    size: size * 5,
    price: isBuy ? PRICE - away : PRICE + away,
    clientId,
  });
}

const latencies: number[] = [];
const problems: Record<string, number> = {};
let answered = 0;
let refusedActions = 0;
let sent = 0;

interface Link {
  readonly socket: WebSocket;
  /** When the command with an id was due. */
  readonly due: Map<number, number>;
  /** What it sends, in order; ids count from 1. */
  readonly frames: readonly Uint8Array[];
  next: number;
}

function listen(link: Link): void {
  link.socket.on('message', (data) => {
    const now = performance.now();
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type !== 'receipts') return;
    for (const result of (message as ReceiptsMessage).results) {
      const dueMs = link.due.get(result.id) as number;
      link.due.delete(result.id);
      latencies.push(now - dueMs);
      answered++;
      if ('problem' in result) {
        problems[result.problem.name] = (problems[result.problem.name] ?? 0) + 1;
        continue;
      }
      for (const refusal of result.receipt.actions) {
        if (refusal === null) continue;
        refusedActions++;
        problems[refusal.name] = (problems[refusal.name] ?? 0) + 1;
      }
    }
  });
}

/** Every account belongs to one connection, on which its commands stay in order. */
function signed(place: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, turn) => {
    const account = 1 + ((turn * plan.connections + place) % plan.accounts);
    const actions = Array.from({ length: plan.actionsPerCommand }, () => action(account));
    const command = signer.command(keys[account - 1] as Uint8Array, account, actions);
    return encodeSubmitFrame({ id: turn + 1, withEvents: false, commands: [command] });
  });
}

/** False when it has nothing more. */
function send(link: Link, dueMs: number): boolean {
  const frame = link.frames[link.next];
  if (frame === undefined) return false;
  link.next += 1;
  link.due.set(link.next, dueMs);
  link.socket.send(frame);
  sent++;
  return true;
}

const fastest = plan.actionsPerCommand === 1 ? FASTEST.single : FASTEST.batches;
const total = (plan.rate > 0 ? plan.rate : fastest) * plan.seconds;
const signingStart = process.cpuUsage();
const frames = Array.from({ length: plan.connections }, (_, place) =>
  signed(place, Math.ceil(total / plan.connections)),
);
const signing = process.cpuUsage(signingStart);
const signingUs = (signing.user + signing.system) / frames.flat().length;

/** Every command at its time, or as soon after it as this process gets to run. */
async function sendOnTime(rate: number): Promise<void> {
  for (let now = performance.now(); now < endMs; now = performance.now()) {
    const due = Math.floor(((now - startMs) / 1_000) * rate);
    while (sent < due && performance.now() - now < 20) {
      send(links[sent % links.length] as Link, startMs + (sent / rate) * 1_000);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Each answer makes room for another command, on the same connection. */
function sendInWindow(window: number): Promise<void> {
  return new Promise((resolve) => {
    const fill = (link: Link): void => {
      while (link.due.size < window) {
        const now = performance.now();
        if (now >= endMs || !send(link, now)) {
          resolve();
          return;
        }
      }
    };
    for (const link of links) {
      link.socket.on('message', () => fill(link));
      fill(link);
    }
  });
}

const links = await Promise.all(
  frames.map(async (mine): Promise<Link> => {
    const socket = new WebSocket(`${plan.url.replace('http', 'ws')}/v1/stream`);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const link = { socket, due: new Map<number, number>(), frames: mine, next: 0 };
    listen(link);
    return link;
  }),
);
process.send?.('begin');
const startMs = performance.now();
const cpuStart = process.cpuUsage();
const endMs = startMs + plan.seconds * 1_000;
if (plan.rate > 0) await sendOnTime(plan.rate);
else await sendInWindow(plan.window);
const waitUntilMs = performance.now() + 10_000;
while (answered < sent && performance.now() < waitUntilMs) {
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const seconds = (performance.now() - startMs) / 1_000;
const cpu = process.cpuUsage(cpuStart);
latencies.sort((a, b) => a - b);
const quantile = (q: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? Number.NaN;
if (answered < sent) problems.unanswered = sent - answered;
const report: LoadReport = {
  commands: answered,
  actions: answered * plan.actionsPerCommand,
  refusedActions,
  problems,
  seconds,
  p50: quantile(0.5),
  p90: quantile(0.9),
  p99: quantile(0.99),
  p999: quantile(0.999),
  max: latencies.at(-1) ?? Number.NaN,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  signingUs,
};
for (const { socket } of links) socket.close();
process.send?.(report, () => process.exit(0));
