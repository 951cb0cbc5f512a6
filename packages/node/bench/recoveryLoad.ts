// The store that the recovery bench brings a machine up from: accounts with 4 positions each in
// 100 books, a snapshot of them, and behind it commands of a fixed mix: 50 % orders that rest, 15 %
// that cross, 35 % cancels. Everything is made by applyBlock, from one seed.
import {
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  createMachine,
  type Machine,
  snapshot,
} from '@plimsoll/core/machine';
import {
  type Action,
  type Address,
  type Block,
  type Observation,
  type OpenedCommand,
  SETTLEMENT_ASSET,
  underlyingParameters,
} from '@plimsoll/core/schema';
import { hashPairsNative } from '../src/hashing.ts';
import { genesisOf, type NetworkFile } from '../src/network.ts';
import type { Store } from '../src/parts.ts';
import { encodeRecord, openStore } from '../src/store/index.ts';

const START_MS = 1_750_000_000_000;
const BOOKS = 100;
const PRICE = 1_000_000;
const POSITIONS = 4;
const SETUP_BLOCK = 4_000;
const address = (byte: string): Address => `0x${byte.repeat(20)}`;
const PUBLISHER = address('a4');
const CUSTODIAN = address('a3');

export interface LoadSize {
  readonly accounts: number;
  readonly commands: number;
  readonly commandsPerBlock: number;
}

export interface MadeLoad {
  readonly snapshotBytes: number;
  readonly recordBytes: number;
  readonly blocks: number;
  readonly refused: number;
  readonly roots: number;
}

/** Makes the store in a directory. */
export async function makeLoad(directory: string, size: LoadSize): Promise<MadeLoad> {
  const network = networkOfSize(size.accounts);
  const store = await openStore({ directory, network });
  const load = new Load(createMachine(genesisOf(network), { hashPairs: hashPairsNative }));
  // What lies before a snapshot is never read: one byte stands for each block of the setup.
  await setUp(load, size.accounts, (height) => store.append(height, Buffer.of(0)));
  await append(store, load, load.step(20, {}));
  const bytes = snapshot(load.machine);
  store.writeSnapshot(load.height, bytes);
  const made = { recordBytes: 0, blocks: 0, refused: 0, roots: 0 };
  for (let left = size.commands; left > 0; left -= size.commandsPerBlock) {
    const commands = load.mix(Math.min(left, size.commandsPerBlock), size.accounts);
    const step = load.step(20, { commands, isPriced: made.blocks % 50 === 0 });
    load.follow(step.outcome);
    made.recordBytes += await append(store, load, step);
    made.blocks += 1;
    made.refused += step.outcome.refusals.length;
    if (step.outcome.root !== undefined) made.roots += 1;
  }
  await store.close();
  return { snapshotBytes: bytes.length, ...made };
}

function networkOfSize(accounts: number): NetworkFile {
  return {
    network: 'bench',
    chainId: 1,
    genesis: {
      timeMs: START_MS,
      authorities: { admin: address('a1'), guardian: address('a2'), custodian: CUSTODIAN },
      settlement: { name: 'USDC', decimals: 6 },
      parameters: {
        listingNoticeMs: 0,
        noticeMs: 0,
        quotaPerSecond: 1_000_000,
        quotaBurst: 10_000_000,
        rootIntervalMs: 250,
      },
    },
    capacity: { accounts, positionsPerAccount: POSITIONS, orders: 1 << 19, instruments: BOOKS + 1 },
  };
}

interface Step {
  readonly block: Block;
  readonly outcome: BlockOutcome;
}

async function append(store: Store, load: Load, { block, outcome }: Step): Promise<number> {
  const count = block.commands.length;
  const record = encodeRecord({
    block,
    digests: new Uint8Array(32 * count),
    signatures: new Uint8Array(65 * count),
    prices: [],
    results: outcome.results,
    observationCodes: outcome.observationCodes,
    refusals: outcome.refusals,
    chainHash: chainHashOf(load.machine),
    root: outcome.root?.root,
  });
  await store.append(block.height, record);
  return record.length;
}

async function setUp(
  load: Load,
  accounts: number,
  stored: (height: number) => Promise<void>,
): Promise<void> {
  const step = async (commands: OpenedCommand[], isPriced = false): Promise<void> => {
    const { block } = load.step(20, { commands, isPriced });
    await stored(block.height);
  };
  for (let book = 1; book <= BOOKS; book++) await step([load.command(0, listing(book), 'a1')]);
  for (let i = 0; i < 4; i++) await step([], true);
  for (let account = 1; account <= accounts; account += SETUP_BLOCK) {
    const end = Math.min(account + SETUP_BLOCK, accounts + 1);
    const commands: OpenedCommand[] = [];
    for (let next = account; next < end; next++) commands.push(load.deposit(next));
    await step(commands);
  }
  let commands: OpenedCommand[] = [];
  for (let seller = 1; seller < accounts; seller += 2) {
    commands.push(...load.trades(seller));
    if (commands.length < SETUP_BLOCK && seller + 2 < accounts) continue;
    await step(commands, seller % 100_000 < SETUP_BLOCK);
    commands = [];
  }
}

class Load {
  readonly machine: Machine;
  height = 0;
  timeMs = START_MS;
  #nonce = 0;
  #deposits = 0;
  #seed = 1;
  /** Open orders as the events told them. */
  readonly #open: { readonly order: number; readonly account: number }[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
  }

  step(
    elapsedMs: number,
    body: { readonly commands?: readonly OpenedCommand[]; readonly isPriced?: boolean },
  ): Step {
    this.timeMs += elapsedMs;
    this.height += 1;
    const block: Block = {
      height: this.height,
      timeMs: this.timeMs,
      version: 1,
      observations: body.isPriced === true ? this.#prices() : [],
      commands: body.commands ?? [],
    };
    const outcome = applyBlock(this.machine, block);
    if (outcome.code !== 0) throw new Error(`the block was refused: ${outcome.code}`);
    return { block, outcome };
  }

  command(account: number, actions: readonly Action[], authority?: string): OpenedCommand {
    this.#nonce += 1;
    const signer = authority === undefined ? ownerOf(account) : address(authority);
    return { signer, account, nonce: this.#nonce, expiresMs: this.timeMs + 60_000, actions };
  }

  deposit(account: number): OpenedCommand {
    this.#deposits += 1;
    const owner = ownerOf(account);
    const asset = SETTLEMENT_ASSET;
    const credit = { chain: 0, sequence: this.#deposits, owner, account: 0, asset };
    return this.command(0, [{ kind: 'deposit', ...credit, amount: 100_000_000_000n }], 'a3');
  }

  /** Seller and buyer of a pair trade the same four books with each other. */
  trades(seller: number): OpenedCommand[] {
    return Array.from({ length: POSITIONS }, (_, k) => {
      const instrument = 1 + ((seller + k * 25) % BOOKS);
      const order = { instrument, size: 10 + k, price: PRICE };
      return [
        this.command(seller, [orderOf({ ...order, side: 'sell', isCrossing: false })]),
        this.command(seller + 1, [orderOf({ ...order, side: 'buy', isCrossing: true })]),
      ];
    }).flat();
  }

  mix(count: number, accounts: number): OpenedCommand[] {
    return Array.from({ length: count }, () => {
      const dice = this.#random();
      if (dice < 0.35 && this.#open.length > 0) return this.#cancel();
      return this.#order(1 + Math.floor(this.#random() * accounts), dice < 0.5);
    });
  }

  follow(outcome: BlockOutcome): void {
    for (const event of outcome.events) {
      if (event.kind === 'orderPlaced') this.#open.push(event);
    }
  }

  #cancel(): OpenedCommand {
    const at = Math.floor(this.#random() * this.#open.length);
    const found = this.#open[at] as { order: number; account: number };
    this.#open[at] = this.#open.at(-1) as { order: number; account: number };
    this.#open.pop();
    return this.command(found.account, [{ kind: 'cancelOrder', order: found.order, clientId: 0 }]);
  }

  /** Rests one to 200 ticks behind the price, or crosses up to 20 ticks of the other side. */
  #order(account: number, isCrossing: boolean): OpenedCommand {
    const side = this.#random() < 0.5 ? 'buy' : 'sell';
    const away = isCrossing ? 20 : 1 + Math.floor(this.#random() * 200);
    const sign = (side === 'buy') === isCrossing ? 1 : -1;
    // One of the four books that the pair of the account trades in.
    const seller = account - ((account + 1) % 2);
    const instrument = 1 + ((seller + Math.floor(this.#random() * POSITIONS) * 25) % BOOKS);
    const size = 1 + Math.floor(this.#random() * 100);
    const price = PRICE + sign * away;
    return this.command(account, [orderOf({ instrument, side, size, price, isCrossing })]);
  }

  #prices(): Observation[] {
    return Array.from({ length: BOOKS }, (_, i) => ({
      underlying: i + 1,
      source: 0,
      publisher: PUBLISHER,
      price: BigInt(PRICE),
      confidence: 0n,
      timeMs: this.timeMs,
    }));
  }

  /** Uniform in [0, 1): a 32-bit linear congruential step, mixed. */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    let x = this.#seed;
    x ^= x >>> 16;
    x = Math.imul(x, 0x45d9f3b) >>> 0;
    x ^= x >>> 16;
    return (x >>> 0) / 4_294_967_296;
  }
}

function ownerOf(account: number): Address {
  return `0x${account.toString(16).padStart(40, '0')}`;
}

function orderOf(order: {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly price: number;
  readonly isCrossing: boolean;
}): Action {
  const { isCrossing, ...rest } = order;
  return {
    kind: 'placeOrder',
    ...rest,
    timeInForce: isCrossing ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: !isCrossing,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  };
}

function listing(book: number): Action[] {
  const stepPpm = { parameter: underlyingParameters.stepPpm.id, value: 100_000n };
  return [
    { kind: 'listUnderlying', name: `U${book}`, parameters: [stepPpm] },
    { kind: 'setPublisher', underlying: book, source: 0, publisher: PUBLISHER, weight: 1 },
    {
      kind: 'listInstrument',
      name: `U${book}-PERP`,
      underlying: book,
      multiplier: 1,
      tickSize: 1,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      parameters: [],
    },
  ];
}
