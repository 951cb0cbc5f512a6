// A network with everything that can be asked about: two markets, a second asset with lending,
// makers and traders, fills, funding, an account in liquidation, withdrawals that wait, changes
// that are pending.
import { join } from 'node:path';
import {
  type Action,
  type ActionOf,
  assetParameters,
  globalParameters,
  instrumentParameters,
  type ParameterSchema,
  underlyingParameters,
} from '@plimsoll/core/schema';
import { hashPairsNative } from '../../src/hashing.ts';
import { History } from '../../src/history/index.ts';
import { networkOf } from '../../src/network.ts';
import type { Question } from '../../src/parts.ts';
import { type LiabilityCheckpoint, takeCheckpoint } from '../../src/replica/liabilities/index.ts';
import { proofReader } from '../../src/replica/proofs.ts';
import { decodeRecord } from '../../src/store/record.ts';
import { answerQuestion, type ReadContext } from '../../src/views/index.ts';
import {
  ADMIN,
  addressOfKey,
  Chain,
  CUSTODIAN,
  type MadeBlock,
  traderKey,
} from '../fixtures/chain.ts';

/** Who is who; trader i has account i. */
export const ACCOUNTS = {
  maker: 1,
  long: 2,
  short: 3,
  thin: 4,
  lender: 5,
  borrower: 6,
  late: 7,
} as const;
export const TRADERS = 7;
export const AGENT = 40;
/** BTC at 10,000.00: cents are price units, a lot of BTC-PERP is 0.0001 BTC. */
export const PRICE = 1_000_000;

export interface Reading {
  readonly chain: Chain;
  readonly context: () => ReadContext;
  readonly ask: (route: string, asked?: Partial<Question>) => unknown;
  readonly made: readonly MadeBlock[];
  /** Makes a block of these commands and reads it. */
  readonly next: (body: Parameters<Chain['next']>[0]) => MadeBlock;
  readonly by: (account: number, ...actions: readonly Action[]) => ReturnType<Chain['command']>;
  readonly checkpoint: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An open network with `history` in a directory, and nothing traded yet. */
export function createReading(directory: string): Reading {
  const chain = new Chain();
  const { machine, network } = chain;
  const history = new History({
    directory: join(directory, 'history'),
    genesisHash: networkOf(network).genesisHash,
    multiplierOf: (instrument) => machine.state.instruments.multiplier.get(instrument),
  });
  const made: MadeBlock[] = [];
  let last: LiabilityCheckpoint | undefined;
  const proofs = proofReader(machine, () => last);
  const take = (block: MadeBlock): MadeBlock => {
    made.push(block);
    const { height, outcome, record } = block;
    const { block: stored, digests, chainHash } = decodeRecord(record);
    const { events, eventSpans } = outcome;
    history.append({ height, timeMs: stored.timeMs, events, eventSpans, digests, chainHash });
    return block;
  };
  for (const block of chain.open(TRADERS)) take(block);
  const context = (): ReadContext => ({
    machine,
    history,
    network,
    readRecord: (height) => made[height - 1]?.record,
    proofs,
    height: chain.height,
    timeMs: chain.timeMs,
  });
  const ask = (route: string, asked: Partial<Question> = {}): unknown =>
    answerQuestion(context(), { route, params: {}, query: {}, body: undefined, ...asked });
  return {
    chain,
    context,
    ask,
    made,
    next: (body) => take(chain.next(body)),
    by: (account, ...actions) => chain.command(traderKey(account), account, actions),
    checkpoint: async () => {
      last = await takeCheckpoint(machine, { hashPairs: hashPairsNative, pause: async () => {} });
    },
    close: () => history.close(),
  };
}

export function order(fields: Partial<ActionOf<'placeOrder'>>): ActionOf<'placeOrder'> {
  return {
    kind: 'placeOrder',
    instrument: 1,
    side: 'buy',
    size: 10,
    price: PRICE,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
    ...fields,
  };
}

const set = (parameter: ParameterSchema, value: number): { parameter: number; value: bigint } => ({
  parameter: parameter.id,
  value: BigInt(value),
});

/** The network while all is well: loans, positions and orders, and nobody near liquidation. */
export function createCalmReading(directory: string): Reading {
  const reading = createReading(directory);
  list(reading);
  lend(reading);
  trade(reading);
  passTime(reading);
  return reading;
}

/** The network after everything that can happen to it; the market fell, and one is liquidated. */
export function createBusyReading(directory: string): Reading {
  const reading = createCalmReading(directory);
  govern(reading);
  fall(reading);
  return reading;
}

function bigText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Every action has to be accepted. */
function all(reading: Reading, commands: readonly ReturnType<Chain['command']>[]): void {
  const { outcome } = reading.next({ elapsedMs: 100, commands });
  const refusal = outcome.refusals[0];
  if (refusal === undefined) return;
  throw new Error(`refused with ${refusal.code}: ${JSON.stringify(refusal, bigText)}`);
}

function byAdmin({ chain }: Reading, ...actions: readonly Action[]): ReturnType<Chain['command']> {
  return chain.command(ADMIN, 0, actions);
}

function list(reading: Reading): void {
  const set1 = (
    scope: 'asset' | 'underlying' | 'instrument',
    parameter: ParameterSchema,
    value: number,
  ): Action => ({
    kind: 'setParameter',
    scope,
    target: 1,
    parameter: parameter.id,
    value: BigInt(value),
  });
  all(reading, [
    byAdmin(
      reading,
      set1('underlying', underlyingParameters.priceDecimals, 2),
      set1('asset', assetParameters.isLendingOpen, 1),
      set1('instrument', instrumentParameters.fundingIntervalMs, 360_000),
      {
        kind: 'listAsset',
        name: 'WBTC',
        decimals: 8,
        underlying: 1,
        valueNumerator: 1,
        valueDenominator: 10_000,
        parameters: [
          set(assetParameters.isLendingOpen, 1),
          set(assetParameters.haircutInitialPpm, 200_000),
          set(assetParameters.haircutMaintenancePpm, 100_000),
          set(assetParameters.depositMin, 0),
          set(assetParameters.outflowMin, 3_000_000_000),
          set(assetParameters.outflowPpm, 0),
        ],
      },
      {
        kind: 'listInstrument',
        name: 'BTC2-PERP',
        underlying: 1,
        multiplier: 10,
        tickSize: 100,
        tiers: [
          { lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 },
          { lowerBound: 5_000_000_000_000, initialPpm: 100_000, maintenancePpm: 50_000 },
        ],
        parameters: [],
      },
    ),
  ]);
  for (let i = 0; i < 3; i++) reading.next({ elapsedMs: 1000, price: PRICE });
}

function lend(reading: Reading): void {
  const { chain, by } = reading;
  const owners = [ACCOUNTS.lender, ACCOUNTS.borrower, ACCOUNTS.maker];
  const deposits = owners.map((account, i): Action => {
    const owner = addressOfKey(traderKey(account));
    const amount = 10_000_000_000n;
    return { kind: 'deposit', chain: 1, sequence: i + 1, owner, account, asset: 2, amount };
  });
  all(reading, [chain.command(CUSTODIAN, 0, deposits)]);
  all(reading, [
    by(
      ACCOUNTS.lender,
      { kind: 'supply', asset: 1, amount: 400_000_000_000n },
      { kind: 'supply', asset: 2, amount: 5_000_000_000n },
    ),
    by(
      ACCOUNTS.borrower,
      { kind: 'borrow', asset: 1, amount: 50_000_000_000n },
      { kind: 'borrow', asset: 2, amount: 1_000_000_000n },
    ),
    by(ACCOUNTS.maker, { kind: 'fundPool', instrument: 1, amount: 1_000_000_000n }),
    by(ACCOUNTS.maker, { kind: 'fundPool', instrument: 0, amount: 2_000_000_000n }),
  ]);
}

function trade(reading: Reading): void {
  const { by } = reading;
  all(reading, [
    by(
      ACCOUNTS.maker,
      ...[1, 2, 3, 4, 5].map((k) =>
        order({ side: 'sell', size: 3_000_000, price: PRICE + k * 100 }),
      ),
      ...[1, 2, 3].map((k) => order({ size: 300_000, price: PRICE - k * 1_000, clientId: k })),
      order({ instrument: 2, side: 'sell', size: 200_000, price: PRICE }),
      order({ instrument: 2, size: 100_000, price: PRICE - 1_000, isPostOnly: true }),
    ),
  ]);
  all(reading, [
    by(ACCOUNTS.long, order({ size: 2_000_000, price: PRICE + 500 })),
    by(ACCOUNTS.thin, order({ size: 6_000_000, price: PRICE + 500 })),
    by(ACCOUNTS.late, order({ size: 4_000_000, price: PRICE + 600 })),
    by(ACCOUNTS.borrower, order({ instrument: 2, size: 50_000 })),
    by(ACCOUNTS.short, order({ side: 'sell', size: 200_000, price: PRICE - 2_000 })),
  ]);
  const above = { side: 'sell', size: 5_000, isReduceOnly: true, price: PRICE + 9_000 } as const;
  all(reading, [by(ACCOUNTS.long, order(above))]);
  reading.next({ elapsedMs: 1000, price: PRICE + 40 });
}

function govern(reading: Reading): void {
  const { chain, by } = reading;
  const change = (
    scope: 'global' | 'instrument',
    parameter: ParameterSchema,
    value: bigint,
  ): Action => ({
    kind: 'setParameter',
    scope,
    target: scope === 'global' ? 0 : 1,
    parameter: parameter.id,
    value,
  });
  all(reading, [byAdmin(reading, change('global', globalParameters.noticeMs, 3_600_000n))]);
  const withdraw = (asset: number, amount: bigint): Action => ({
    kind: 'withdraw',
    asset,
    amount,
    chain: 1,
    destination: addressOfKey(50),
  });
  all(reading, [
    by(
      ACCOUNTS.long,
      {
        kind: 'approveAgent',
        agent: addressOfKey(AGENT),
        scopes: 3,
        expiresMs: chain.timeMs + 9e8,
      },
      { kind: 'setOwnRate', ratePpm: 60_000 },
    ),
    by(ACCOUNTS.lender, withdraw(1, 1_000_000n), withdraw(2, 4_000_000_000n)),
    byAdmin(
      reading,
      change('global', globalParameters.quotaPerSecond, 200_000n),
      change('instrument', instrumentParameters.takerFeePpm, 600n),
      { kind: 'setMarketState', instrument: 2, state: 'reduceOnly' },
      { kind: 'setMarketState', instrument: 2, state: 'open' },
    ),
  ]);
}

/** Funding accrues, and is settled when positions change. */
function passTime(reading: Reading): void {
  const { by } = reading;
  for (let k = 0; k < 160; k++) reading.next({ elapsedMs: 5_000, price: PRICE + 40 });
  all(reading, [
    by(ACCOUNTS.short, order({ side: 'sell', size: 1_000, price: PRICE - 2_000 })),
    by(ACCOUNTS.long, order({ size: 1_000, price: PRICE + 700 })),
  ]);
  reading.next({ elapsedMs: 1000, price: PRICE + 40 });
}

/**
 * The market falls in believable steps: an account with thin margin is closed out where there is
 * depth, then bankrupt where there is none; another is in liquidation at the end.
 */
function fall(reading: Reading): void {
  for (let k = 1; k <= 20; k++) {
    const bid = order({ size: 2_000_000, price: PRICE - 155_000, isPostOnly: true });
    const commands = k === 10 ? [reading.by(ACCOUNTS.maker, bid)] : [];
    reading.next({ elapsedMs: 60_000, price: PRICE - k * 12_000, commands });
  }
}
