// What the replica does for a command, on top of the machine: decode the record, compare, write the
// history, build the feeds. One book, 200 accounts, 100 commands a block: half of them rest, 15 %
// cross, 35 % cancel. Time of the processor, the threads of LMDB included.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  createMachine,
  type Machine,
  STATE_VERSION,
} from '@plimsoll/core/machine';
import type { Action, Address, Block, OpenedCommand } from '@plimsoll/core/schema';
import { createFeeds, type FeedBuilder } from '../src/feeds/index.ts';
import { hashPairsNative } from '../src/hashing.ts';
import { genesisOf, type NetworkFile } from '../src/network.ts';
import { openReplica } from '../src/replica/index.ts';
import {
  decodeRecord,
  encodeRecord,
  openStore,
  recover,
  replayRecord,
} from '../src/store/index.ts';
import { answerQuestion } from '../src/views/index.ts';

const START_MS = 1_750_000_000_000;
const PRICE = 1_000_000;
const ACCOUNTS = 200;
const BLOCKS = 400;
const PER_BLOCK = 100;
const ROUNDS = 3;
/** The whole replica for one command, against applyBlock alone: above it something is wrong. */
const RATIO_MAX = 5;

const address = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;
const [ADMIN, GUARDIAN, CUSTODIAN, PUBLISHER] = [1, 2, 3, 4].map(address) as [
  Address,
  Address,
  Address,
  Address,
];

const network: NetworkFile = {
  network: 'bench',
  chainId: 1,
  genesis: {
    timeMs: START_MS,
    authorities: { admin: ADMIN, guardian: GUARDIAN, custodian: CUSTODIAN },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: { listingNoticeMs: 0, noticeMs: 0, quotaPerSecond: 100_000, quotaBurst: 1_000_000 },
  },
  capacity: { accounts: 1_000 },
};

class Load {
  readonly machine: Machine = createMachine(genesisOf(network), { hashPairs: hashPairsNative });
  readonly records: Uint8Array[] = [];
  refused = 0;
  fills = 0;
  #timeMs = START_MS;
  #nonce = 0;
  #seed = 7;

  random(count: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 4_294_967_296) * count);
  }

  command(signer: Address, account: number, action: Action): OpenedCommand {
    this.#nonce += 1;
    const expiresMs = this.#timeMs + 30_000;
    return { signer, account, nonce: this.#nonce, expiresMs, actions: [action] };
  }

  step(elapsedMs: number, commands: readonly OpenedCommand[]): void {
    this.#timeMs += elapsedMs;
    const timeMs = this.#timeMs;
    const observation = { underlying: 1, source: 0, publisher: PUBLISHER, confidence: 0n, timeMs };
    const isPriced = this.records.length > 0 && this.records.length % 10 < 5;
    const block: Block = {
      height: this.records.length + 1,
      timeMs,
      version: STATE_VERSION,
      observations: isPriced ? [{ ...observation, price: BigInt(PRICE) }] : [],
      commands,
    };
    this.#record(block, applyBlock(this.machine, block));
  }

  #record(block: Block, outcome: BlockOutcome): void {
    if (outcome.code !== 0) throw new Error(`a block was refused: ${outcome.code}`);
    this.refused += outcome.refusals.length;
    this.fills += outcome.events.filter(({ kind }) => kind === 'filled').length;
    const digests = Uint8Array.from({ length: block.commands.length * 32 }, () => this.random(256));
    const record = encodeRecord({
      block,
      digests,
      signatures: new Uint8Array(block.commands.length * 65),
      prices: [],
      results: outcome.results,
      observationCodes: outcome.observationCodes,
      refusals: outcome.refusals,
      chainHash: chainHashOf(this.machine),
      root: outcome.root?.root,
    });
    this.records.push(record);
  }
}

function order(side: 'buy' | 'sell', size: number, price: number): Action {
  return {
    kind: 'placeOrder',
    instrument: 1,
    side,
    size,
    price,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  };
}

function setUp(load: Load): void {
  const tiers = [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }];
  const listings: Action[] = [
    { kind: 'listUnderlying', name: 'BTC', parameters: [] },
    { kind: 'setPublisher', underlying: 1, source: 0, publisher: PUBLISHER, weight: 1 },
    {
      kind: 'listInstrument',
      name: 'BTC-PERP',
      underlying: 1,
      multiplier: 1,
      tickSize: 1,
      tiers,
      parameters: [],
    },
  ];
  load.step(
    10,
    listings.map((each) => load.command(ADMIN, 0, each)),
  );
  for (let i = 0; i < 4; i++) load.step(1_000, []);
  const deposits = Array.from({ length: ACCOUNTS }, (_, i): Action => {
    const owner = address(1_000 + i);
    const amount = 1_000_000_000_000n;
    return { kind: 'deposit', chain: 0, sequence: i + 1, owner, account: 0, asset: 1, amount };
  });
  load.step(
    10,
    deposits.map((each) => load.command(CUSTODIAN, 0, each)),
  );
}

function mixedBlock(load: Load): void {
  const commands = Array.from({ length: PER_BLOCK }, () => {
    const account = 1 + load.random(ACCOUNTS);
    const kind = load.random(100);
    const side = load.random(2) === 0 ? 'buy' : 'sell';
    const away = kind < 15 ? -20 : 20 + load.random(400);
    const price = side === 'buy' ? PRICE - away : PRICE + away;
    const action: Action =
      kind >= 65 ? { kind: 'cancelAll', instrument: 1 } : order(side, 1 + load.random(20), price);
    return load.command(address(999 + account), account, action);
  });
  load.step(20, commands);
}

async function measured(run: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (BLOCKS * PER_BLOCK);
}

const silent: FeedBuilder = {
  onBlock: () => [],
  snapshotOf: () => {
    throw new Error('nobody asks');
  },
  watch: () => {},
};

async function replicaCost(records: readonly Uint8Array[], hasFeeds: boolean): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-replica-'));
  const store = await openStore({ directory, network });
  const core = await openReplica({
    store,
    recover,
    hashPairs: hashPairsNative,
    answer: answerQuestion,
    createFeeds: (machine, history) => (hasFeeds ? createFeeds(machine, { history }) : silent),
    waitMs: 100,
  });
  const cost = await measured(async () => {
    for (let i = 0; i < records.length; i++) {
      core.apply(i + 1, records[i] as Uint8Array);
      if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await core.close();
  });
  await store.close();
  rmSync(directory, { recursive: true, force: true });
  return cost;
}

const load = new Load();
setUp(load);
for (let i = 0; i < BLOCKS; i++) mixedBlock(load);
const { records, refused, fills } = load;
const blocks = records.map((record) => decodeRecord(record).block);
const machine = (): Machine => createMachine(genesisOf(network), { hashPairs: hashPairsNative });
const costs = { applyBlock: Infinity, compared: Infinity, history: Infinity, whole: Infinity };
for (let round = 0; round < ROUNDS; round++) {
  const [plain, checked] = [machine(), machine()];
  const least = (a: number, b: number): number => Math.min(a, b);
  costs.applyBlock = least(
    costs.applyBlock,
    await measured(() => {
      for (const block of blocks) applyBlock(plain, block);
    }),
  );
  costs.compared = least(
    costs.compared,
    await measured(() => {
      for (const record of records) replayRecord(checked, decodeRecord(record));
    }),
  );
  costs.history = least(costs.history, await replicaCost(records, false));
  costs.whole = least(costs.whole, await replicaCost(records, true));
}
const us = (value: number): string => `${value.toFixed(2)} µs`;
console.log(
  `${BLOCKS * PER_BLOCK} commands in ${BLOCKS} blocks, ${fills} fills, ${refused} refusals\n` +
    `  applyBlock alone            ${us(costs.applyBlock)} per command\n` +
    `  + decode and compare        ${us(costs.compared - costs.applyBlock)}\n` +
    `  + history, LMDB included    ${us(costs.history - costs.compared)}\n` +
    `  + feeds                     ${us(costs.whole - costs.history)}\n` +
    `  on top of applyBlock        ${us(costs.whole - costs.applyBlock)}`,
);
const ratio = costs.whole / costs.applyBlock;
const isFine = refused <= (BLOCKS * PER_BLOCK) / 10 && ratio <= RATIO_MAX;
console.log(`  the whole replica is ${ratio.toFixed(2)} × applyBlock (at most ${RATIO_MAX})`);
process.exitCode = isFine ? 0 : 1;
