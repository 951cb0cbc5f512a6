// Who takes part: keys that come from names, so that every process makes the same ones; the network
// they are on, with everything at its default that a node has; and the actions that are sent.
import { createHash } from 'node:crypto';
import type { Hex } from '@plimsoll/api';
import { addressOf } from '@plimsoll/api/signing';
import {
  type Action,
  type Address,
  AGENT_SCOPES,
  type CommandKind,
  commandSchema,
  type FieldType,
  instrumentParameters,
  underlyingParameters,
} from '@plimsoll/core/schema';
import type { NetworkFile } from '@plimsoll/node';

export interface Keyed {
  readonly name: string;
  readonly key: Hex;
  readonly address: Address;
}

const keyed = (name: string): Keyed => {
  const key: Hex = `0x${createHash('sha256').update(`plimsoll hostile ${name}`).digest('hex')}`;
  return { name, key, address: addressOf(key) };
};

const names = [
  ...['admin', 'guardian', 'custodian', 'publisher'],
  ...['honestA', 'honestB', 'victim', 'mallory', 'stranger'],
  ...['canceller', 'trader', 'expired', 'revoked'],
] as const;

/** `canceller` … `revoked` are agents of the victim, and their keys are stolen. */
export const cast = Object.fromEntries(names.map((name) => [name, keyed(name)])) as {
  readonly [N in (typeof names)[number]]: Keyed;
};

/** Accounts by who owns them; those from `extras` on are mallory's too. */
export const ACCOUNTS = { honestA: 1, honestB: 2, victim: 3, mallory: 4, extras: 5 } as const;
/** More accounts of mallory, to listen to. */
export const EXTRAS = 300;
export const MARKET = 'BTC-PERP';
/** Cents. */
export const PRICE = 6_000_000;
const DAY_MS = 86_400_000;

export function networkFile(): NetworkFile {
  return {
    network: 'hostile',
    chainId: 31_337,
    genesis: {
      timeMs: Date.now() - 1_000,
      authorities: {
        admin: cast.admin.address,
        guardian: cast.guardian.address,
        custodian: cast.custodian.address,
      },
      settlement: { name: 'USDC', decimals: 6 },
      parameters: { listingNoticeMs: 0 },
    },
    capacity: { accounts: 1_000 },
  };
}

const set = (parameter: { readonly id: number }, value: bigint) => ({
  parameter: parameter.id,
  value,
});

/** Bitcoin in cents, and a perpetual on it with lots of a thousandth. */
export function listing(): Action[] {
  return [
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
      publisher: cast.publisher.address,
      weight: 1,
    },
    {
      kind: 'listInstrument',
      name: MARKET,
      underlying: 1,
      multiplier: 10,
      tickSize: 1,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      parameters: [set(instrumentParameters.depthSharePpm, 1_000_000n)],
    },
  ];
}

export function deposit(sequence: number, owner: Keyed, dollars: number): Action {
  return {
    kind: 'deposit',
    chain: 0,
    sequence,
    owner: owner.address,
    account: 0,
    asset: 1,
    amount: BigInt(dollars) * 1_000_000n,
  };
}

/** The deposits that open all accounts, in commands of at most 32. */
export function openings(): Action[][] {
  const owners = [cast.honestA, cast.honestB, cast.victim, cast.mallory];
  const all = [
    ...owners.map((owner, i) => deposit(i + 1, owner, 10_000_000)),
    ...Array.from({ length: EXTRAS }, (_, i) => deposit(owners.length + 1 + i, cast.mallory, 100)),
  ];
  const commands: Action[][] = [];
  for (let at = 0; at < all.length; at += 32) commands.push(all.slice(at, at + 32));
  return commands;
}

/** The victim's agents: one that may only cancel, one that trades, one of a second, one revoked. */
export function approvals(nowMs: number): Action[] {
  const { trade, cancel } = AGENT_SCOPES;
  const approve = (agent: Keyed, scopes: number, expiresMs: number): Action => ({
    kind: 'approveAgent',
    agent: agent.address,
    scopes,
    expiresMs,
  });
  return [
    approve(cast.canceller, cancel, nowMs + 30 * DAY_MS),
    approve(cast.trader, trade | cancel, nowMs + 30 * DAY_MS),
    approve(cast.expired, trade | cancel, nowMs + 1_000),
    approve(cast.revoked, trade | cancel, nowMs + 30 * DAY_MS),
    { kind: 'revokeAgent', agent: cast.revoked.address },
  ];
}

export function order(
  side: 'buy' | 'sell',
  price: number,
  timeInForce: 'goodTillCancelled' | 'immediateOrCancel' = 'goodTillCancelled',
): Action {
  return {
    kind: 'placeOrder',
    instrument: 1,
    side,
    size: 1,
    price,
    timeInForce,
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  };
}

export const cancelAll: Action = { kind: 'cancelAll', instrument: 0 };

/** Everything that the victim has, to the stranger. */
export const theft: Action = {
  kind: 'withdraw',
  asset: 1,
  amount: 1_000_000n,
  chain: 0,
  destination: cast.stranger.address,
};

/** An action of a kind that means something wherever a thief would want it to. */
export function actionOf(kind: CommandKind): Action {
  const { fields } = commandSchema[kind];
  const entries = Object.entries(fields).map(([name, type]) => [name, sampleOf(type as FieldType)]);
  return { kind, ...Object.fromEntries(entries) } as Action;
}

function sampleOf(type: FieldType): unknown {
  if (typeof type === 'object') return 'enum' in type ? type.enum[0] : [];
  switch (type) {
    case 'bool':
      return false;
    case 'amount':
    case 'i64':
      return 1n;
    case 'address':
      return cast.stranger.address;
    case 'text':
      return 'EVIL';
    default:
      return 1;
  }
}
