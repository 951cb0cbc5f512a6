// A node to try the other programs on: `npx tsx examples/devNode.ts [port]`. It keeps its store in
// a temporary folder, lists two markets, feeds their prices and quotes them, until it is stopped.
// The price of ether falls as soon as somebody is long of it: see watchLiquidation.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@plimsoll/api/client';
import { privateKeySigner, signPrices } from '@plimsoll/api/signing';
import {
  type Action,
  encodeJsonObservation,
  instrumentParameters,
  underlyingParameters,
} from '@plimsoll/core/schema';
import { defaultConfig, networkOf, startNode } from '@plimsoll/node';
import { WebSocket } from 'ws';
import { alice, bob, carol, custodian, dave, devKey, erin, frank, maker } from './devNetwork.ts';

const TICK_MS = 250;
const signerOf = (number: number) => privateKeySigner(devKey(number));
const admin = signerOf(1);
const publisherKey = devKey(4);
const publisher = signerOf(4).address;

const network = {
  network: 'dev',
  chainId: 31_337,
  genesis: {
    timeMs: Date.now(),
    authorities: {
      admin: admin.address,
      guardian: signerOf(2).address,
      custodian: custodian.address,
    },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: { listingNoticeMs: 0 },
  },
  capacity: { accounts: 1_000 },
} as const;

/** Prices in cents, lots of a thousandth, 5 % initial margin; depth counts at once. */
function listing(name: string, underlying: number): Action[] {
  const { priceDecimals, stepPpm, pendingCount } = underlyingParameters;
  const { impactAgeMs, depthTauMs, depthSharePpm } = instrumentParameters;
  return [
    {
      kind: 'listUnderlying',
      name,
      parameters: [
        { parameter: priceDecimals.id, value: 2n },
        { parameter: stepPpm.id, value: 1_000_000n },
        { parameter: pendingCount.id, value: 1n },
      ],
    },
    { kind: 'setPublisher', underlying, source: 0, publisher, weight: 1 },
    {
      kind: 'listInstrument',
      name: `${name}-PERP`,
      underlying,
      multiplier: 10,
      tickSize: 50,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      parameters: [
        { parameter: impactAgeMs.id, value: 0n },
        { parameter: depthTauMs.id, value: 1_000n },
        { parameter: depthSharePpm.id, value: 1_000_000n },
      ],
    },
  ];
}

/** What a market costs at the start, what it costs now, in cents, and how much is quoted. */
interface Course {
  readonly underlying: number;
  readonly instrument: string;
  readonly start: number;
  readonly size: string;
  price: number;
}
const bitcoin: Course = course(1, 'BTC-PERP', { start: 10_000_000, size: '5' });
const ether: Course = course(2, 'ETH-PERP', { start: 400_000, size: '400' });

function course(
  underlying: number,
  instrument: string,
  rest: { readonly start: number; readonly size: string },
): Course {
  return { underlying, instrument, ...rest, price: rest.start };
}

const directory = await mkdtemp(join(tmpdir(), 'plimsoll-dev-'));
const port = Number(process.argv[2] ?? 7420);
const node = await startNode({
  network,
  config: {
    ...defaultConfig,
    dataDirectory: directory,
    http: { ...defaultConfig.http, port },
    checkpoints: { everyMs: 1_000 },
    logLevel: 'error',
  },
});
const url = node.url;

async function publish(): Promise<void> {
  const prices = [bitcoin, ether].map(({ underlying, price }) => ({
    underlying,
    source: 0,
    price: BigInt(price),
    confidence: 0n,
    timeMs: Date.now(),
  }));
  const { signature } = signPrices(prices, networkOf(network), publisherKey);
  const body = JSON.stringify({
    prices: prices.map((price) => {
      const { publisher: _, ...rest } = encodeJsonObservation({ ...price, publisher }) as {
        publisher: string;
      };
      return rest;
    }),
    signature,
  });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/prices`, { method: 'POST', headers, body });
  if (!response.ok) console.error(await response.text());
}

/** Bitcoin goes up and down a little; ether falls while anybody is long, and comes back. */
async function move(reader: Client): Promise<void> {
  bitcoin.price = bitcoin.start + Math.round(Math.sin(Date.now() / 5_000) * 200) * 50;
  const { market } = await reader.read('market', { instrument: ether.instrument });
  const isFalling = market.openInterestLots > 0;
  const next = ether.price * (isFalling ? 0.996 : 1.01);
  ether.price = Math.round(Math.min(Math.max(next, ether.start * 0.8), ether.start) / 50) * 50;
}

/** Three levels on both sides, placed anew in one command. */
async function quote(client: Client, { instrument, price, size }: Course): Promise<void> {
  const market = await client.market(instrument);
  const orders = [1, 2, 3].flatMap((level) =>
    (['buy', 'sell'] as const).map((side) => {
      const away = (side === 'buy' ? -1 : 1) * level * Math.ceil(price / 50_000) * 50;
      return market.limit({ side, size, price: market.formatPrice(price + away) });
    }),
  );
  await client.submit([market.cancelAll(), ...orders]);
}

const client = createClient({ url, signer: admin, WebSocket });
await client.submit([...listing('BTC', 1), ...listing('ETH', 2)]);
const bank = createClient({ url, signer: custodian, WebSocket });
const usdc = await bank.asset('USDC');
const owners = [maker, alice, bob, carol, dave, erin, frank];
await bank.submit(
  owners.map(({ address }, i) => ({
    kind: 'deposit',
    chain: 0,
    sequence: i + 1,
    owner: address,
    account: 0,
    asset: usdc.id,
    amount: usdc.amount(i === 0 ? '100000000' : '100000'),
  })),
);
const quoting = createClient({ url, account: 1, signer: maker, WebSocket });

/** Whether the books are open on both sides, and the liabilities published that count everybody. */
async function isReady(): Promise<boolean> {
  const { markets } = await client.read('markets');
  if (!markets.every(({ bestBid, bestAsk }) => bestBid !== null && bestAsk !== null)) return false;
  return await client.read('liabilityProof', { account: owners.length }).then(
    () => true,
    () => false,
  );
}

let isStopping = false;
async function run(): Promise<void> {
  for (let tick = 0, isSaid = false; !isStopping; tick++) {
    await move(client);
    await publish();
    // The first prices have to be in a block before anything can be quoted.
    if (tick > 3) await Promise.all([bitcoin, ether].map((each) => quote(quoting, each)));
    if (!isSaid && tick > 3 && (await isReady())) {
      console.log(`The node is at ${url}; stop it with ctrl-C.`);
      isSaid = true;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

const running = run().catch((error: unknown) => console.error(error));
const stop = async (): Promise<void> => {
  isStopping = true;
  await running;
  for (const each of [client, bank, quoting]) each.close();
  await node.close();
  await rm(directory, { recursive: true });
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
