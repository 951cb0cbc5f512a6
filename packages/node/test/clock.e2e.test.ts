import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '@plimsoll/api';
import { addressOf, signCommand, signPrices } from '@plimsoll/api/signing';
import type { PricesReceipt, Receipt } from '@plimsoll/api/wire';
import {
  type Action,
  encodeJsonAction,
  instrumentParameters,
  underlyingParameters,
} from '@plimsoll/core/schema';
import { afterEach, expect, test } from 'vitest';
import {
  createLogger,
  defaultConfig,
  type NetworkFile,
  networkOf,
  type RunningNode,
  startNode,
} from '../dist/index.js';

const key = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [ADMIN, GUARDIAN, CUSTODIAN, PUBLISHER, LONG, SHORT] = ['1', '2', '3', '4', '5', '6'].map(
  key,
) as [Hex, Hex, Hex, Hex, Hex, Hex];
const HOUR_MS = 3_600_000;
const START_MS = 1_800_000_000_000;
const file: NetworkFile = {
  network: 'clocks',
  chainId: 31_337,
  genesis: {
    timeMs: START_MS - 1_000,
    authorities: {
      admin: addressOf(ADMIN),
      guardian: addressOf(GUARDIAN),
      custodian: addressOf(CUSTODIAN),
    },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: { listingNoticeMs: 0 },
  },
  capacity: { accounts: 100 },
};
const network = networkOf(file);

/** A machine whose wall clock can be set; `pass` is time that really passes. */
class Clocks {
  wall = START_MS;
  steady = 0;
  readonly source = { wallMs: () => this.wall, steadyMs: () => this.steady };
  pass(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
  jump(ms: number): void {
    this.wall += ms;
  }
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A node on a clock of its own, and the few things that are done to it. */
class Place {
  readonly clocks = new Clocks();
  directory = '';
  node: RunningNode | undefined;
  nonce = START_MS;
  /** What true time is, for publishers: the wall clock before anybody set it. */
  trueMs = (): number => this.clocks.wall;

  async open(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'plimsoll-clock-'));
    closers.push(() => rm(this.directory, { recursive: true, force: true }));
    closers.push(async () => this.node?.close());
    await this.start();
  }

  async start(): Promise<void> {
    const { http } = defaultConfig;
    const config = { ...defaultConfig, dataDirectory: this.directory, http: { ...http, port: 0 } };
    const logger = createLogger({ level: 'silent' });
    this.node = await startNode({ config, network: file, logger, time: this.clocks.source });
  }

  async read<T>(path: string): Promise<T> {
    const at = this.node?.status().height;
    const joint = path.includes('?') ? '&' : '?';
    const answer = await fetch(`${this.node?.url}${path}${joint}minHeight=${at}`);
    return (await answer.json()) as T;
  }

  async send(privateKey: Hex, account: number, ...actions: Action[]): Promise<Receipt> {
    this.nonce++;
    const expiresMs = (this.node?.status().timeMs ?? 0) + 20_000;
    const unsigned = { account, nonce: this.nonce, expiresMs, actions };
    const { signature } = signCommand(unsigned, network, privateKey);
    const body = { ...unsigned, actions: actions.map(encodeJsonAction), signature };
    const answer = await this.post('/v1/commands', body);
    return (answer as { receipts: Receipt[] }).receipts[0] as Receipt;
  }

  /** One price of a dollar figure, signed by a publisher whose own clock is right. */
  async publish(dollars: number, timeMs = this.trueMs()): Promise<PricesReceipt> {
    const price = { underlying: 1, source: 0, timeMs };
    const signed = { ...price, price: BigInt(dollars * 100), confidence: 0n };
    const { signature } = signPrices([signed], network, PUBLISHER);
    const json = { ...price, price: String(dollars * 100), confidence: '0' };
    const answer = await this.post('/v1/prices', { prices: [json], signature });
    const { receipt } = answer as { receipt?: PricesReceipt };
    return receipt ?? (answer as PricesReceipt);
  }

  async post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.node?.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await answer.json();
  }
}

const set = (parameter: { readonly id: number }, value: bigint) => ({
  parameter: parameter.id,
  value,
});
const deposit = (sequence: number, owner: Hex, dollars: number): Action => ({
  kind: 'deposit',
  chain: 0,
  sequence,
  owner: addressOf(owner),
  account: 0,
  asset: 1,
  amount: BigInt(dollars) * 1_000_000n,
});
const order = (side: 'buy' | 'sell', size: number, dollars: number): Action => ({
  kind: 'placeOrder',
  instrument: 1,
  side,
  size,
  price: dollars * 100,
  timeInForce: 'goodTillCancelled',
  isPostOnly: false,
  isReduceOnly: false,
  selfTrade: 'cancelResting',
  clientId: 0,
});

/** Bitcoin at 60,000; account 1 is long of one with 6,000 dollars, account 2 short of it. */
async function market(): Promise<Place> {
  const place = new Place();
  await place.open();
  const { clocks } = place;
  await place.send(
    ADMIN,
    0,
    {
      kind: 'listUnderlying',
      name: 'BTC',
      parameters: [
        set(underlyingParameters.pendingCount, 1n),
        set(underlyingParameters.priceDecimals, 2n),
      ],
    },
    {
      kind: 'setPublisher',
      underlying: 1,
      source: 0,
      publisher: addressOf(PUBLISHER),
      weight: 1,
    },
    {
      kind: 'listInstrument',
      name: 'BTC-PERP',
      underlying: 1,
      multiplier: 10,
      tickSize: 1,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      parameters: [set(instrumentParameters.depthSharePpm, 1_000_000n)],
    },
  );
  await place.send(CUSTODIAN, 0, deposit(1, LONG, 6_000), deposit(2, SHORT, 100_000));
  for (let i = 0; i < 3; i++) {
    clocks.pass(1_000);
    await place.publish(60_000);
  }
  await place.send(SHORT, 2, order('sell', 1_000, 60_000));
  const bought = await place.send(LONG, 1, order('buy', 1_000, 60_000));
  expect(bought).toMatchObject({ isAccepted: true });
  return place;
}

interface Liquidations {
  readonly liquidations: readonly { readonly account: number }[];
}

test('after a stop of hours nobody is liquidated before a fresh quorum and its grace', async () => {
  const place = await market();
  const { clocks } = place;
  await place.node?.close();
  clocks.pass(5 * HOUR_MS);
  await place.start();
  const first = await place.read<{ height: number; timeMs: number }>('/v1/status');
  expect(first.timeMs).toBe(clocks.wall);
  const underlying = await place.read<{ underlying: { status: string } }>('/v1/underlyings/BTC');
  expect(underlying.underlying.status).toBe('halted');
  // Eight percent lower: the long is far below maintenance, with equity left.
  await place.send(SHORT, 2, order('buy', 1_000, 55_000));
  const size = async () =>
    (await place.read<{ positions: { lots: number }[] }>('/v1/accounts/1/positions')).positions;
  expect(await size()).toMatchObject([{ lots: 1_000 }]);
  await place.publish(55_200);
  for (let i = 0; i < 3; i++) {
    clocks.pass(60_000);
    await place.publish(55_200);
  }
  const open = await place.read<Liquidations>('/v1/liquidations');
  expect(open.liquidations).toMatchObject([{ account: 1, state: { wait: 'grace' } }]);
  expect(await size()).toMatchObject([{ lots: 1_000 }]);
  clocks.pass(13 * 60_000);
  await place.publish(55_200);
  clocks.pass(1_000);
  await place.publish(55_200);
  clocks.pass(1_000);
  await place.send(SHORT, 2, order('buy', 1_000, 55_100));
  clocks.pass(6_000);
  await place.publish(55_200);
  clocks.pass(1_000);
  await place.publish(55_200);
  const [left] = await size();
  expect(left?.lots ?? 0).toBeLessThan(1_000);
});

test('a clock that is set back makes no price younger, and publishers carry time on', async () => {
  const place = await market();
  const { clocks } = place;
  const before = place.node?.status().timeMs ?? 0;
  const trueMs = clocks.wall;
  clocks.jump(-HOUR_MS);
  const receipt = await place.send(SHORT, 2, order('sell', 1, 61_000));
  expect(receipt).toMatchObject({ isAccepted: true, timeMs: before });
  expect(place.node?.status().isReady).toBe(false);
  clocks.pass(3_000);
  expect(await place.publish(60_010, trueMs + 2_500)).toMatchObject({
    timeMs: trueMs + 2_500,
    prices: [null],
  });
  const old = (await place.publish(60_020, clocks.wall)) as unknown as { name: string };
  expect(old.name).toBe('observationOld');
  const future = (await place.publish(60_020, trueMs + 4_000)) as unknown as { name: string };
  expect(future.name).toBe('observationFuture');
  clocks.jump(HOUR_MS);
  clocks.pass(5_000);
  const after = await place.send(SHORT, 2, order('sell', 1, 61_000));
  expect(after.timeMs).toBe(trueMs + 8_000);
  expect(place.node?.status().isReady).toBe(true);
});

test('a clock that leaps ahead is not followed alone, and is when a publisher agrees', async () => {
  const place = await market();
  const { clocks } = place;
  const before = place.node?.status().timeMs ?? 0;
  const trueMs = clocks.wall;
  clocks.jump(48 * HOUR_MS);
  expect(place.node?.status().isReady).toBe(false);
  clocks.steady += 2_000;
  const receipt = await place.send(SHORT, 2, order('sell', 1, 61_000));
  expect(receipt.timeMs).toBe(before + 2_000);
  expect(await place.publish(60_030, trueMs + 1_500)).toMatchObject({ prices: [null] });
  // The leap was real: the machine slept, and the publishers did not.
  expect(await place.publish(60_040, clocks.wall)).toMatchObject({ timeMs: clocks.wall });
  expect(place.node?.status().isReady).toBe(true);
});
