// A node without threads: the stream on a real HTTP server, with the real door, block maker, store,
// replica and views behind it. Answers of the replica can be held back, to see what a snapshot does
// that comes late.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SignedCommand } from '@plimsoll/api';
import { signCommand, signPrices } from '@plimsoll/api/signing';
import { type CommandJson, encodeSubmitFrame, STREAM_PATH } from '@plimsoll/api/wire';
import {
  type Action,
  encodeCommandBody,
  encodeJsonAction,
  type OpenedCommand,
} from '@plimsoll/core/schema';
import { afterEach } from 'vitest';
import { BlockClock } from '../../src/blockClock.ts';
import { BlockMaker } from '../../src/blockMaker.ts';
import { defaultConfig, type NodeConfig } from '../../src/config.ts';
import { DepositBox, judgeDeposit, openDepositJournal } from '../../src/deposits/index.ts';
import { createFeeds } from '../../src/feeds/index.ts';
import { hashPairsNative } from '../../src/hashing.ts';
import { createIngress } from '../../src/ingress.ts';
import { createLogger } from '../../src/logger.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { networkOf } from '../../src/network.ts';
import { createInProcessOpener } from '../../src/opening/index.ts';
import type { FeedMessage, Ingress, Replica } from '../../src/parts.ts';
import { openReplica, type ReplicaCore } from '../../src/replica/index.ts';
import { openStore, recover } from '../../src/store/index.ts';
import { answerQuestion } from '../../src/views/index.ts';
import { createStream, type Stream } from '../../src/ws/index.ts';
import { Chain, key, PUBLISHER, store as storeBlocks, traderKey } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

export const PRICE = 1_000_000;

export interface RigOptions {
  readonly directory?: string;
  readonly limits?: Partial<NodeConfig['limits']>;
  readonly stream?: Partial<NodeConfig['stream']>;
  readonly http?: Partial<NodeConfig['http']>;
  /** Holds answers of the replica back. */
  readonly hold?: () => Promise<void>;
  readonly ingress?: (real: Ingress) => Ingress;
}

export interface Rig {
  readonly url: string;
  readonly server: Server;
  readonly stream: Stream;
  readonly directory: string;
  readonly metrics: Metrics;
  readonly core: ReplicaCore;
  readonly ingress: Ingress;
  /** A command of trader 1 … 4 for its account of the same number. */
  sign(
    account: number,
    actions: readonly Action[],
    changes?: Partial<SignedCommand>,
  ): SignedCommand;
  /** Publishes the price, so that orders are taken. */
  publish(price: number): Promise<void>;
  send(account: number, actions: readonly Action[]): Promise<void>;
  close(): Promise<void>;
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Keeps something open until the test has ended. */
export function closeLater(each: { close(): Promise<void> }): void {
  open.push(each);
}

export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const chain = new Chain();
  const directory = options.directory ?? temporaryDirectory();
  const store = await openStore({ directory, network: chain.network });
  if (store.head === 0) await storeBlocks(store, chain.open(4));
  const { machine } = recover(store, { hashPairs: hashPairsNative });
  const network = networkOf(store.network);
  const core = await openReplica({
    store,
    recover,
    hashPairs: hashPairsNative,
    answer: answerQuestion,
    createFeeds: (of, history) => createFeeds(of, { history }),
    waitMs: 500,
  });
  core.startFeeds();
  const listeners: ((messages: readonly FeedMessage[]) => void)[] = [];
  const replica = replicaOf(core, listeners, options.hold);
  const startMs = machine.state.machine.timeMs.get(0);
  const begunMs = performance.now();
  const nowMs = () => startMs + Math.ceil(performance.now() - begunMs);
  const clock = new BlockClock(startMs, { wallMs: nowMs, steadyMs: () => performance.now() });
  const config = configOf(options);
  const maker = new BlockMaker({
    machine,
    store,
    clock,
    config: config.blocks,
    onStored: (height, record) => {
      const messages = core.apply(height, Uint8Array.from(record));
      for (const listener of listeners) listener(messages);
    },
  });
  const opener = await createInProcessOpener({ network });
  const queueMax = config.limits.queueMax;
  const lookUp = async () => undefined;
  const door = createIngress({ network, machine, maker, clock, opener, queueMax, lookUp });
  const ingress = options.ingress?.(door) ?? door;
  const server = createServer((_, response) => response.writeHead(404).end());
  const metrics = createMetrics();
  const logger = createLogger({ level: 'silent' });
  const path = join(directory, 'deposits.journal');
  const { journal, left } = openDepositJournal({ path, pauseMs: 0 });
  const judge = (command: OpenedCommand) => judgeDeposit(machine, command);
  const deposits = new DepositBox({ journal, ingress, opener, judge, logger, retryMs: 1 });
  await deposits.fireLeft(left);
  const parts = { server, network, ingress, deposits, replica };
  const stream = createStream({ ...parts, config, metrics, logger });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let nonce = nowMs();
  const sign: Rig['sign'] = (account, actions, changes = {}) => {
    nonce += 1;
    const command = { account, nonce, expiresMs: nowMs() + 20_000, actions, ...changes };
    return signCommand(command, network, key(traderKey(account)));
  };
  const rig: Rig = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${STREAM_PATH}`,
    server,
    stream,
    directory,
    metrics,
    core,
    ingress,
    sign,
    publish: async (price) => {
      const timeMs = nowMs();
      const prices = [{ underlying: 1, source: 0, price: BigInt(price), confidence: 0n, timeMs }];
      const { signature } = signPrices(prices, network, key(PUBLISHER));
      await door.publish(prices, bytesOf(signature));
    },
    send: async (account, actions) => {
      const signed = sign(account, actions);
      await door.submit({ ...signedBody(signed), withEvents: false });
    },
    close: async () => {
      await stream.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deposits.close();
      await maker.stop();
      await opener.close();
      await core.close();
      await store.close();
    },
  };
  await rig.publish(PRICE);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await rig.close();
  };
  const closable = { ...rig, close };
  open.push(closable);
  return closable;
}

function configOf({ limits, stream, http }: RigOptions): NodeConfig {
  return {
    ...defaultConfig,
    limits: { ...defaultConfig.limits, ...limits },
    stream: { ...defaultConfig.stream, ...stream },
    http: { ...defaultConfig.http, ...http },
  };
}

/** As a worker's replica: what is asked is answered later, and by a message. */
function replicaOf(
  core: ReplicaCore,
  listeners: ((messages: readonly FeedMessage[]) => void)[],
  hold: () => Promise<void> = async () => {},
): Pick<Replica, 'onFeed' | 'snapshotOf' | 'watch' | 'ask' | 'status'> {
  const later = async <T>(answer: () => T | Promise<T>): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    const answered = await answer();
    await hold();
    return answered;
  };
  return {
    get status() {
      return core.status;
    },
    onFeed: (listener) => listeners.push(listener),
    watch: (channel, name, isWatched) => core.watch(channel, name, isWatched),
    snapshotOf: (channel, name) => later(() => core.snapshotOf(channel, name)),
    ask: (question) => later(() => core.ask(question)),
  };
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
}

export function signedBody(command: SignedCommand): { body: Uint8Array; signature: Uint8Array } {
  return { body: encodeCommandBody(command), signature: bytesOf(command.signature) };
}

export function commandJson(command: SignedCommand): CommandJson {
  return { ...command, actions: command.actions.map(encodeJsonAction) };
}

export function frame(id: number, commands: readonly SignedCommand[]): Uint8Array<ArrayBuffer> {
  return encodeSubmitFrame({ id, withEvents: false, commands: commands.map(signedBody) });
}
