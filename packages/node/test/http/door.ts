// A node without threads: HTTP over the real door, block maker, store and replica, in a directory
// of its own. `ask` puts a replica that fails in the place of the real one.

import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex, UnsignedCommand } from '@plimsoll/api';
import { addressOf, signCommand } from '@plimsoll/api/signing';
import { type Action, encodeJsonAction } from '@plimsoll/core/schema';
import { afterEach } from 'vitest';
import { BlockClock } from '../../src/blockClock.ts';
import { BlockMaker } from '../../src/blockMaker.ts';
import { defaultConfig, type NodeConfig } from '../../src/config.ts';
import { createFeeds } from '../../src/feeds/index.ts';
import { hashPairsNative } from '../../src/hashing.ts';
import { createHttp, type Http, type HttpTimeouts } from '../../src/http/index.ts';
import { createIngress } from '../../src/ingress.ts';
import { createLogger } from '../../src/logger.ts';
import { measureIngress } from '../../src/measureIngress.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type NetworkFile, networkOf } from '../../src/network.ts';
import { createInProcessOpener } from '../../src/opening/index.ts';
import type { NodeStatus, Replica } from '../../src/parts.ts';
import { openReplica } from '../../src/replica/index.ts';
import { openStore, recover } from '../../src/store/index.ts';
import { answerQuestion } from '../../src/views/index.ts';

export const key = (digit: string): Hex => `0x${digit.repeat(64)}`;
export const CUSTODIAN: Hex = key('3');
export const OWNER: Hex = key('4');
export const START_MS = 1_700_000_000_000;

export const file: NetworkFile = {
  network: 'testnet',
  chainId: 31_337,
  genesis: {
    timeMs: START_MS,
    authorities: {
      admin: addressOf(key('1')),
      guardian: addressOf(key('2')),
      custodian: addressOf(CUSTODIAN),
    },
    settlement: { name: 'USDC', decimals: 6 },
  },
  capacity: { accounts: 100 },
};
export const network = networkOf(file);

export interface DoorOptions {
  readonly limits?: Partial<NodeConfig['limits']>;
  readonly http?: Partial<NodeConfig['http']>;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly queueMax?: number;
  readonly dataDirectory?: string;
  readonly status?: Partial<NodeStatus>;
  readonly ask?: Replica['ask'];
  /** The clock of the limit of requests. */
  readonly steadyMs?: () => number;
}

export interface Door {
  readonly http: Http;
  readonly url: string;
  /** Lines of the log. */
  readonly log: readonly string[];
  readonly metrics: ReturnType<typeof createMetrics>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-http-'));
  const store = await openStore({ directory, network: file });
  const { machine } = recover(store, { hashPairs: hashPairsNative });
  const core = await openReplica({
    store,
    recover,
    hashPairs: hashPairsNative,
    answer: answerQuestion,
    createFeeds: (of, history) => createFeeds(of, { history }),
    waitMs: 200,
  });
  const clock = new BlockClock(START_MS, { wallMs: () => START_MS, steadyMs: () => 0 });
  const maker = new BlockMaker({
    machine,
    clock,
    store,
    config: { closeAfterMs: 20, intervalMs: 0, commandsMax: 100 },
    onStored: (height, record) => void core.apply(height, record),
  });
  const opener = await createInProcessOpener({ network });
  const queueMax = options.queueMax ?? 1_000;
  const lookUp = async () => undefined;
  const log: string[] = [];
  const metrics = createMetrics();
  const ingress = measureIngress(
    createIngress({ network, machine, maker, clock, opener, queueMax, lookUp }),
    metrics,
  );
  const config: NodeConfig = {
    ...defaultConfig,
    dataDirectory: options.dataDirectory ?? directory,
    http: { ...defaultConfig.http, port: 0, ...options.http },
    limits: { ...defaultConfig.limits, ...options.limits },
  };
  const status = (): NodeStatus => ({
    network,
    height: maker.height,
    timeMs: maker.timeMs,
    replica: core.status,
    queueLength: maker.queueLength,
    isReady: true,
    accounts: 0,
    startedMs: START_MS,
    commandsAccepted: 0,
    commandsRefused: 0,
    ...options.status,
  });
  const http = await createHttp({
    config,
    ingress,
    metrics,
    replica: { ask: options.ask ?? ((question) => core.ask(question)) },
    status,
    logger: createLogger({ level: 'info', destination: { write: (line) => log.push(line) } }),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    ...(options.steadyMs === undefined ? {} : { steadyMs: options.steadyMs }),
  });
  closers.push(async () => {
    await http.close();
    await maker.stop();
    await opener.close();
    await core.close();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { http, url: http.url, log, metrics };
}

let nonce = START_MS;

/** A command that opens an account for OWNER. */
export function deposit(sequence: number, changes: Partial<Action> = {}): UnsignedCommand {
  nonce += 1;
  const action = {
    kind: 'deposit',
    chain: 0,
    sequence,
    owner: addressOf(OWNER),
    account: 0,
    asset: 1,
    amount: 100_000_000n,
    ...changes,
  } as Action;
  return { account: 0, nonce, expiresMs: START_MS + 60_000, actions: [action] };
}

/** As it goes over the wire. */
export function signed(command: UnsignedCommand, privateKey: Hex = CUSTODIAN): object {
  const { signature } = signCommand(command, network, privateKey);
  return { ...command, actions: command.actions.map(encodeJsonAction), signature };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export async function call(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

/** Posts text as it is. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  return call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  } as RequestInit);
}

/** Everything that comes back over a bare connection until it is closed. */
export function overSocket(
  url: string,
  chunks: readonly (string | Uint8Array)[],
  pauseMs = 0,
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.on('connect', async () => {
      for (const chunk of chunks) {
        if (socket.destroyed) return;
        socket.write(chunk);
        await new Promise((done) => setTimeout(done, pauseMs));
      }
    });
  });
}
