// A small whole machine, made through applyBlock alone: a collateral asset with lending, two
// perpetuals with three publishers each, seven accounts. What a random session plays in.
import {
  applyBlock,
  type BlockOutcome,
  createMachine,
  limitsFor,
  type Machine,
} from '@plimsoll/core/machine';
import {
  type Action,
  type ActionOf,
  type Address,
  assetParameters,
  type Block,
  type Observation,
  type OpenedCommand,
} from '@plimsoll/core/schema';

export const key = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`;
const ADMIN = key(0xa1);
const CUSTODIAN = key(0xa3);
const PUBLISHERS: readonly Address[] = [key(0xb1), key(0xb2), key(0xb3)];
const START_MS = 1_750_000_000_000;
export const ACCOUNTS: readonly number[] = [1, 2, 3, 4, 5, 6, 7];
export const MARKETS: readonly string[] = ['BTC-PERP', 'ETH-PERP'];

export interface World {
  readonly machine: Machine;
  height: number;
  timeMs: number;
  nonce: number;
  /** Price units of underlyings 1 and 2. */
  prices: [number, number];
}

export interface Sent {
  readonly signer: Address;
  readonly account: number;
  readonly action: Action;
}

/** BTC at 60,000.00 and ETH at 3,000.00, cents as price units; 1,000,000 USDC each. */
export function createWorld(): World {
  const machine = createMachine({
    timeMs: START_MS,
    authorities: { admin: ADMIN, guardian: key(0xa2), custodian: CUSTODIAN },
    settlement: { name: 'USDC', decimals: 6, parameters: { isLendingOpen: 1 } },
    parameters: { listingNoticeMs: 0, rootIntervalMs: 0 },
    limits: limitsFor({ accounts: 32, orders: 4_096, instruments: 4 }),
  });
  const world: World = {
    machine,
    height: 0,
    timeMs: START_MS,
    nonce: 0,
    prices: [6_000_000, 300_000],
  };
  accepted(world, listings());
  for (let i = 0; i < 4; i++) accepted(world, []);
  accepted(world, deposits());
  accepted(world, [
    by(1, { kind: 'supply', asset: 1, amount: 200_000_000_000n }),
    by(3, { kind: 'supply', asset: 2, amount: 5_000_000_000n }),
  ]);
  return world;
}

function accepted(world: World, sent: readonly Sent[]): void {
  const { outcome } = nextBlock(world, sent, 1_000);
  const [refusal] = outcome.refusals;
  if (refusal !== undefined) throw new Error(`${refusal.code} refused ${refusal.command}`);
}

/** Applies the next block, with prices of all publishers unless `isBlind`. */
export function nextBlock(
  world: World,
  sent: readonly Sent[],
  elapsedMs: number,
  isBlind = false,
): { readonly block: Block; readonly outcome: BlockOutcome } {
  world.height += 1;
  world.timeMs += elapsedMs;
  const block: Block = {
    height: world.height,
    timeMs: world.timeMs,
    version: 1,
    observations: isBlind ? [] : observations(world),
    commands: sent.map((each) => commandOf(world, each)),
  };
  const outcome = applyBlock(world.machine, block);
  if (outcome.code !== 0) throw new Error(`the block was refused with ${outcome.code}`);
  return { block, outcome };
}

/** An action sent by the owner of an account. */
export function by(account: number, action: Action): Sent {
  return { signer: key(account), account, action };
}

export function order(fields: Partial<ActionOf<'placeOrder'>>): ActionOf<'placeOrder'> {
  return {
    kind: 'placeOrder',
    instrument: 1,
    side: 'buy',
    size: 10,
    price: 6_000_000,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
    ...fields,
  };
}

function commandOf(world: World, { signer, account, action }: Sent): OpenedCommand {
  world.nonce += 1;
  const expiresMs = world.timeMs + 60_000;
  return { signer, account, nonce: world.nonce, expiresMs, actions: [action] };
}

function observations(world: World): Observation[] {
  return [1, 2].flatMap((underlying) =>
    PUBLISHERS.map((publisher, source) => ({
      underlying,
      source,
      publisher,
      price: BigInt(world.prices[underlying - 1] as number),
      confidence: 1n,
      timeMs: world.timeMs,
    })),
  );
}

function byAdmin(action: Action): Sent {
  return { signer: ADMIN, account: 0, action };
}

function listings(): Sent[] {
  const parameters = [
    { parameter: assetParameters.isLendingOpen.id, value: 1n },
    { parameter: assetParameters.haircutInitialPpm.id, value: 200_000n },
    { parameter: assetParameters.haircutMaintenancePpm.id, value: 100_000n },
    { parameter: assetParameters.depositMin.id, value: 0n },
  ];
  const tiers = [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }];
  const perpetual = { kind: 'listInstrument', tiers, parameters: [] } as const;
  return [
    byAdmin({ kind: 'listUnderlying', name: 'BTC', parameters: [] }),
    byAdmin({ kind: 'listUnderlying', name: 'ETH', parameters: [] }),
    ...[1, 2].flatMap((underlying) =>
      PUBLISHERS.map((publisher, source) =>
        byAdmin({ kind: 'setPublisher', underlying, source, publisher, weight: 1 }),
      ),
    ),
    byAdmin({
      kind: 'listAsset',
      name: 'ETH',
      decimals: 8,
      underlying: 2,
      valueNumerator: 1,
      valueDenominator: 10_000,
      parameters,
    }),
    byAdmin({ ...perpetual, name: 'BTC-PERP', underlying: 1, multiplier: 10, tickSize: 100 }),
    byAdmin({ ...perpetual, name: 'ETH-PERP', underlying: 2, multiplier: 100, tickSize: 10 }),
  ];
}

function deposits(): Sent[] {
  const common = { kind: 'deposit', chain: 1 } as const;
  const settlement = ACCOUNTS.map((n): Action => {
    const fields = { owner: key(n), account: 0, asset: 1, amount: 1_000_000_000_000n };
    return { ...common, sequence: n, ...fields };
  });
  const ether = [3, 4].map((n): Action => {
    const fields = { owner: key(n), account: n, asset: 2, amount: 10_000_000_000n };
    return { ...common, sequence: n + ACCOUNTS.length - 2, ...fields };
  });
  return [...settlement, ...ether].map((action) => ({ signer: CUSTODIAN, account: 0, action }));
}
