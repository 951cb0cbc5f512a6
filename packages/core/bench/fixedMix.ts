// The fixed mix of the benchmarks: 50 % orders that rest, 15 % that cross, 35 % cancels, over 100
// books. Everything is built through applyBlock, from commands alone, from one seed.
import {
  applyBlock,
  type BlockOutcome,
  createMachine,
  type HashPairs,
  limitsFor,
  type Machine,
} from '@plimsoll/core/machine';
import {
  type Action,
  type Address,
  instrumentParameters,
  type Observation,
  type OpenedCommand,
  type ParameterSchema,
  SETTLEMENT_ASSET,
  underlyingParameters,
} from '@plimsoll/core/schema';

export const ADMIN: Address = `0x${'a1'.repeat(20)}`;
const GUARDIAN: Address = `0x${'a2'.repeat(20)}`;
const CUSTODIAN: Address = `0x${'a3'.repeat(20)}`;
const PUBLISHER: Address = `0x${'a4'.repeat(20)}`;
const PRICE = 1_000_000;
const START_MS = 1_750_000_000_000;

/** A machine under load, and what its clients know. */
export interface Load {
  readonly machine: Machine;
  readonly accounts: number;
  readonly books: number;
  timeMs: number;
  height: number;
  nonce: number;
  deposits: number;
  seed: number;
  /** Open orders as the events told them: order id → account. */
  readonly open: Map<number, number>;
  readonly openIds: number[];
}

export interface LoadOptions {
  readonly accounts: number;
  readonly books?: number;
  readonly rootIntervalMs: number;
  readonly hashPairs?: HashPairs;
  readonly positionsPerAccount?: number;
  readonly orders?: number;
  /** What an account is opened with, settlement units; 100,000 USDC unless said. */
  readonly deposit?: (account: number) => bigint;
}

/** Opens the accounts with 100,000 USDC each and lists the books; prices are ok afterwards. */
export function createLoad(options: LoadOptions): Load {
  const { accounts, books = 100, rootIntervalMs, positionsPerAccount = 4 } = options;
  const orders = options.orders ?? 1 << 19;
  const genesis = {
    timeMs: START_MS,
    authorities: { admin: ADMIN, guardian: GUARDIAN, custodian: CUSTODIAN },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: {
      listingNoticeMs: 0,
      noticeMs: 0,
      quotaPerSecond: 1_000_000,
      quotaBurst: 10_000_000,
      rootIntervalMs,
    },
    limits: limitsFor({ accounts, positionsPerAccount, orders, instruments: books + 1 }),
  };
  const dependencies = options.hashPairs === undefined ? {} : { hashPairs: options.hashPairs };
  const machine = createMachine(genesis, dependencies);
  const load: Load = {
    machine,
    accounts,
    books,
    timeMs: START_MS,
    height: 0,
    nonce: 0,
    deposits: 0,
    seed: 1,
    open: new Map(),
    openIds: [],
  };
  listBooks(load);
  for (let i = 0; i < 4; i++) applyAt(load, 1_000, { observations: prices(load, () => PRICE) });
  openAccounts(load, options.deposit ?? (() => 100_000_000_000n));
  return load;
}

/** Applies the next block and keeps the clients' view of open orders. */
export function applyAt(
  load: Load,
  elapsedMs: number,
  body: { readonly observations?: Observation[]; readonly commands?: OpenedCommand[] },
): BlockOutcome {
  load.timeMs += elapsedMs;
  load.height += 1;
  const outcome = applyBlock(load.machine, {
    height: load.height,
    timeMs: load.timeMs,
    version: 1,
    observations: body.observations ?? [],
    commands: body.commands ?? [],
  });
  if (outcome.code !== 0) throw new Error(`the block was refused: ${outcome.code}`);
  return outcome;
}

/** One observation per underlying. */
export function prices(load: Load, price: (underlying: number) => number): Observation[] {
  const at = load.timeMs + 1;
  return Array.from({ length: load.books }, (_, i) => ({
    underlying: i + 1,
    source: 0,
    publisher: PUBLISHER,
    price: BigInt(price(i + 1)),
    confidence: 0n,
    timeMs: at,
  }));
}

/** Commands of the fixed mix, made from what the clients know. */
export function mixCommands(load: Load, count: number): OpenedCommand[] {
  const commands: OpenedCommand[] = [];
  for (let i = 0; i < count; i++) {
    const dice = random(load);
    if (dice < 0.35 && load.openIds.length > 0) commands.push(cancel(load));
    else commands.push(order(load, dice < 0.5));
  }
  return commands;
}

/** Follows the events of a block, so that cancels name orders that are open. */
export function follow(load: Load, outcome: BlockOutcome): void {
  for (const event of outcome.events) {
    if (event.kind === 'orderPlaced') {
      load.open.set(event.order, event.account);
      load.openIds.push(event.order);
    } else if (event.kind === 'orderCancelled') load.open.delete(event.order);
  }
}

export function commandOf(load: Load, account: number, actions: Action[]): OpenedCommand {
  load.nonce += 1;
  const expiresMs = load.timeMs + 60_000;
  return { signer: ownerOf(account), account, nonce: load.nonce, expiresMs, actions };
}

export function ownerOf(account: number): Address {
  return `0x${account.toString(16).padStart(40, '0')}`;
}

/** Uniform in [0, 1): a 32-bit linear congruential step, mixed. */
export function random(load: Load): number {
  load.seed = (Math.imul(load.seed, 1_664_525) + 1_013_904_223) >>> 0;
  let x = load.seed;
  x ^= x >>> 16;
  x = Math.imul(x, 0x45d9f3b) >>> 0;
  x ^= x >>> 16;
  return (x >>> 0) / 4_294_967_296;
}

function authority(load: Load, signer: Address, actions: Action[]): OpenedCommand {
  load.nonce += 1;
  return { signer, account: 0, nonce: load.nonce, expiresMs: load.timeMs + 60_000, actions };
}

function set(parameter: ParameterSchema, value: number): { parameter: number; value: bigint } {
  return { parameter: parameter.id, value: BigInt(value) };
}

function listBooks(load: Load): void {
  for (let book = 1; book <= load.books; book++) {
    const listing: Action[] = [
      {
        kind: 'listUnderlying',
        name: `U${book}`,
        parameters: [set(underlyingParameters.stepPpm, 100_000)],
      },
      { kind: 'setPublisher', underlying: book, source: 0, publisher: PUBLISHER, weight: 1 },
      {
        kind: 'listInstrument',
        name: `U${book}-PERP`,
        underlying: book,
        multiplier: 1,
        tickSize: 1,
        tiers: [
          { lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 },
          { lowerBound: 5_000_000_000_000, initialPpm: 100_000, maintenancePpm: 50_000 },
        ],
        parameters: [set(instrumentParameters.impactNotional, 1_000_000_000)],
      },
    ];
    applyAt(load, 0, { commands: [authority(load, ADMIN, listing)] });
  }
}

function openAccounts(load: Load, amount: (account: number) => bigint): void {
  const perBlock = 10_000;
  for (let from = 1; from <= load.accounts; from += perBlock) {
    const commands: OpenedCommand[] = [];
    for (let account = from; account < from + perBlock && account <= load.accounts; account++) {
      load.deposits += 1;
      const deposit: Action = {
        kind: 'deposit',
        chain: 0,
        sequence: load.deposits,
        owner: ownerOf(account),
        account: 0,
        asset: SETTLEMENT_ASSET,
        amount: amount(account),
      };
      commands.push(authority(load, CUSTODIAN, [deposit]));
    }
    applyAt(load, 1, { commands });
  }
}

function cancel(load: Load): OpenedCommand {
  for (;;) {
    const k = Math.floor(random(load) * load.openIds.length);
    const id = load.openIds[k] as number;
    load.openIds[k] = load.openIds[load.openIds.length - 1] as number;
    load.openIds.pop();
    const account = load.open.get(id);
    if (account === undefined && load.openIds.length > 0) continue;
    load.open.delete(id);
    return commandOf(load, account ?? 1, [{ kind: 'cancelOrder', order: id, clientId: 0 }]);
  }
}

/** Rests one to 200 ticks behind the price, or crosses up to 20 ticks of the other side. */
function order(load: Load, isCrossing: boolean): OpenedCommand {
  const account = 1 + Math.floor(random(load) * load.accounts);
  const side = random(load) < 0.5 ? 'buy' : 'sell';
  const away = 1 + Math.floor(random(load) * 200);
  const sign = (side === 'buy') === isCrossing ? 1 : -1;
  return commandOf(load, account, [
    {
      kind: 'placeOrder',
      // An account trades in 4 books, as a person would.
      instrument: 1 + ((account * 7 + Math.floor(random(load) * 4) * 25) % load.books),
      side,
      size: 1 + Math.floor(random(load) * 100),
      price: PRICE + sign * (isCrossing ? 20 : away),
      timeInForce: isCrossing ? 'immediateOrCancel' : 'goodTillCancelled',
      isPostOnly: !isCrossing,
      isReduceOnly: false,
      selfTrade: 'cancelResting',
      clientId: 0,
    },
  ]);
}
