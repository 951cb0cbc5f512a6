import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import { toAmount } from '@plimsoll/api/units';
import type { Action } from '@plimsoll/core/schema';
import type { RunningNode } from '@plimsoll/node';
import type { KeyPair } from '@plimsoll/node/publish';
import { WebSocket } from '@plimsoll/node/webSocket';
import { type Scenario, Seed } from '@plimsoll/simulator';
import { fired } from '../serving/index.ts';
import { type Child, type ChildMessage, startChild } from './child.ts';
import type { DemoScenario } from './demoScenario.ts';
import type { DemoStore } from './demoStore.ts';
import { closeListing, listMarkets } from './listMarkets.ts';
import { Bank, type Member, type MemberAccount } from './openAccounts.ts';
import type { MarketClock } from './scenarioPrices.ts';
import { watchDemo } from './watchDemo.ts';

export interface PlayOptions {
  readonly node: RunningNode;
  readonly demo: DemoScenario;
  readonly store: DemoStore;
  readonly speed: number;
  /** How many trade. */
  readonly traders: number;
  readonly signal: AbortSignal;
  /** Called when everybody is there: prices, makers and traders. */
  readonly onOpen: () => void;
}

/** How long the publishers may take until every index has a price, ms. */
const PRICED_MS = 30_000;
const LOOK_MS = 200;
/** How often somebody who lost everything is given something again, at most, ms. */
const RELIEF_MS = 60_000;

/**
 * Sets the market up where that is not done, brings publishers and crowd to life and waits for the
 * end. Resolves when the signal fires; rejects when a part of it ended by itself.
 */
export async function playDemo(options: PlayOptions): Promise<void> {
  const { node, demo, store, signal } = options;
  const { scenario } = demo;
  const clientOf = (key: KeyPair, account = 0): Client => {
    const signer = privateKeySigner(key.privateKey);
    return createClient({ url: node.url, account, signer, WebSocket });
  };
  const admin = clientOf(store.keys.admin);
  const bank = new Bank(clientOf(store.keys.custodian));
  const watch = watchDemo({ node, client: admin, scenario });
  const children: Child[] = [];
  try {
    await listMarkets(admin, scenario, store.keys.publishers);
    watch.watchMarkets();
    const clock = { startMs: Date.now(), speed: options.speed, durationMs: demo.durationMs };
    children.push(await startPublishers(options, { admin, clock, say: watch.say }));
    await priced(admin, scenario, signal);
    if (signal.aborted) return;
    const crowd = await openCrowd(bank, options);
    await fundPools(scenario, { admin, pools: crowd.pools, clientOf });
    await closeListing(admin, scenario);
    const relief = reliefOf(bank, crowd.traders);
    const told = { url: node.url, scenario: demo.name, clock };
    const hear = (message: ChildMessage): void => {
      if (message.kind === 'poor') relief(message.account);
      if (message.kind === 'news') watch.say(message.text);
    };
    const { makers, traders } = crowd;
    const members = { makers: makers.map(toldAccount), traders: traders.map(toldAccount) };
    children.push(startChild('./crowdProcess.js', { ...told, ...members }, hear));
    options.onOpen();
    await untilEnd(children, node, signal);
  } finally {
    // The crowd before the publishers: its last commands are judged at living prices.
    for (const child of children.reverse()) await child.stop();
    watch.end();
    admin.close();
    bank.close();
  }
}

async function untilEnd(
  children: readonly Child[],
  node: RunningNode,
  signal: AbortSignal,
): Promise<void> {
  const ended = children.map(async (child) => {
    const code = await child.ended;
    throw new Error(`a process of the demo ended with ${code}`);
  });
  for (const each of ended) each.catch(() => {});
  const failed = node.failed.then((error) => Promise.reject(error));
  failed.catch(() => {});
  await Promise.race([fired(signal), failed, ...ended]);
}

async function startPublishers(
  { node, demo, store }: PlayOptions,
  context: {
    readonly admin: Client;
    readonly clock: MarketClock;
    readonly say: (text: string) => void;
  },
): Promise<Child> {
  const { admin, clock, say } = context;
  const { underlyings } = await admin.read('underlyings');
  const present = Object.fromEntries(
    underlyings.flatMap(({ name, indexPrice }) =>
      indexPrice === null ? [] : [[name, Number(indexPrice)]],
    ),
  );
  const keys = demo.scenario.publishers.map(({ name }, at) => {
    const { privateKey } = store.keys.publishers[at] as KeyPair;
    return { source: name, privateKey };
  });
  const told = { url: node.url, scenario: demo.name, clock, keys, present };
  const publishers = startChild('./publishersProcess.js', told, (message) => {
    if (message.kind === 'news') say(message.text);
  });
  await publishers.ready;
  return publishers;
}

/** Waits until every index has a price that may be traded on. */
async function priced(admin: Client, scenario: Scenario, signal: AbortSignal): Promise<void> {
  const untilMs = Date.now() + PRICED_MS;
  while (!signal.aborted && Date.now() < untilMs) {
    const { underlyings } = await admin.read('underlyings');
    const isReady = scenario.underlyings.every(({ name }) =>
      underlyings.some((each) => each.name === name && each.status === 'ok'),
    );
    if (isReady) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

interface Crowd {
  readonly makers: readonly MemberAccount[];
  readonly traders: readonly MemberAccount[];
  readonly pools: MemberAccount | undefined;
}

/** An account for each maker, each trader and whoever funds the pools. */
async function openCrowd(bank: Bank, { demo, store, traders }: PlayOptions): Promise<Crowd> {
  const { scenario } = demo;
  const unit = 10n ** BigInt(scenario.settlement.decimals);
  const member = (name: string, amount: bigint): Member => ({
    name,
    key: store.keys.member(name),
    amount,
  });
  const random = new Seed(scenario.seed).fork('traders');
  const names = {
    makers: scenario.depth.map((depth, at) => member(`maker-${at + 1}`, fundsOf(depth.ladder))),
    traders: Array.from({ length: traders }, (_, at) =>
      member(`trader-${at + 1}`, BigInt(random.integer(1_000, 20_000)) * unit),
    ),
    pools: member('pools', poolTotal(scenario) + unit),
  };
  const opened = await bank.open([...names.makers, ...names.traders, names.pools]);
  const byName = new Map(opened.map((each) => [each.name, each]));
  const found = (members: readonly Member[]): MemberAccount[] =>
    members.flatMap(({ name }) => byName.get(name) ?? []);
  return {
    makers: found(names.makers),
    traders: found(names.traders),
    pools: byName.get('pools'),
  };
}

/** A maker can bear every order of a side being filled several times, without leverage. */
function fundsOf(ladder: Scenario['depth'][number]['ladder']): bigint {
  if (ladder === null) return 1_000_000_000n;
  let total = 0;
  for (let level = 0; level < ladder.levels; level++) {
    total += Number(ladder.notional) * ladder.growth ** level;
  }
  return BigInt(Math.ceil(total)) * 8n;
}

function poolTotal({ pools }: Scenario): bigint {
  return pools.instruments.reduce((sum, { amount }) => sum + amount, pools.shared);
}

/**
 * Fills the pools as the scenario has them, once: with all that the account for it was opened with.
 * Empty pools say nothing, losses may have used them up.
 */
async function fundPools(
  scenario: Scenario,
  context: {
    readonly admin: Client;
    readonly pools: MemberAccount | undefined;
    readonly clientOf: (key: KeyPair, account: number) => Client;
  },
): Promise<void> {
  const { admin, pools, clientOf } = context;
  if (pools === undefined) return;
  const { markets } = await admin.read('pools');
  const idOf = new Map(markets.map(({ name, instrument }) => [name, instrument]));
  const actions = [
    { instrument: 0, amount: scenario.pools.shared },
    ...scenario.pools.instruments.map(({ instrument, amount }) => ({
      instrument: idOf.get(instrument) ?? 0,
      amount,
    })),
  ]
    .filter(({ amount }) => amount > 0n)
    .map((pool): Action => ({ kind: 'fundPool', ...pool }));
  const client = clientOf(pools.key, pools.account);
  try {
    const { name, decimals } = scenario.settlement;
    const { balances } = await client.read('balances', { account: pools.account });
    const held = balances.find(({ amount }) => amount.asset === name)?.amount.amount ?? '0';
    const isFunded = toAmount(held, decimals) < poolTotal(scenario);
    if (!isFunded && actions.length > 0) await client.submit(actions);
  } finally {
    client.close();
  }
}

/** Whoever lost everything gets what the account began with, so that the market stays alive. */
function reliefOf(bank: Bank, members: readonly MemberAccount[]): (account: number) => void {
  const lastMs = new Map<number, number>();
  return (account) => {
    const member = members.find((each) => each.account === account);
    const nowMs = Date.now();
    if (member === undefined || nowMs - (lastMs.get(account) ?? 0) < RELIEF_MS) return;
    lastMs.set(account, nowMs);
    // A deposit that does not arrive is asked for again.
    bank.credit([member]).catch(() => lastMs.delete(account));
  };
}

function toldAccount({ name, account, key }: MemberAccount): {
  name: string;
  account: number;
  privateKey: `0x${string}`;
} {
  return { name, account, privateKey: key.privateKey };
}
