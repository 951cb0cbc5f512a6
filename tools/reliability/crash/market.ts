// The network of the crash test: keys that come from names, so that every process makes the same
// ones; its markets; and the actions that are sent.
import { createHash } from 'node:crypto';
import type { Hex } from '@plimsoll/api';
import { addressOf } from '@plimsoll/api/signing';
import {
  type Action,
  type Address,
  instrumentParameters,
  type ParameterSchema,
  underlyingParameters,
} from '@plimsoll/core/schema';
import type { NetworkFile } from '@plimsoll/node';

interface Keyed {
  readonly key: Hex;
  readonly address: Address;
}

const keyed = (name: string): Keyed => {
  const key: Hex = `0x${createHash('sha256').update(`plimsoll reliability ${name}`).digest('hex')}`;
  return { key, address: addressOf(key) };
};

export const admin = keyed('admin');
export const custodian = keyed('custodian');
export const publisher = keyed('publisher');
const guardian = keyed('guardian');

/** Accounts 1 to 48 trade; those above fill the tables. */
export const TRADERS = 48;
export const traders: readonly Keyed[] = Array.from({ length: TRADERS }, (_, i) =>
  keyed(`trader ${i + 1}`),
);
export const MARKETS = 4;
/** Cents. */
export const PRICE = 1_000_000;
const FILLERS_PER_OWNER = 500;

export function networkFile(fillers: number): NetworkFile {
  return {
    network: 'reliability',
    chainId: 31_337,
    genesis: {
      timeMs: 1_750_000_000_000,
      authorities: {
        admin: admin.address,
        guardian: guardian.address,
        custodian: custodian.address,
      },
      settlement: { name: 'USDC', decimals: 6 },
      parameters: {
        listingNoticeMs: 0,
        noticeMs: 0,
        quotaPerSecond: 1_000_000,
        quotaBurst: 10_000_000,
        rootIntervalMs: 250,
      },
    },
    capacity: { accounts: TRADERS + fillers, orders: 1 << 15, instruments: MARKETS + 1 },
  };
}

const set = (parameter: ParameterSchema, value: number) => ({
  parameter: parameter.id,
  value: BigInt(value),
});

/** One underlying with its market; a lot is a thousandth. */
export function listing(market: number): Action[] {
  return [
    {
      kind: 'listUnderlying',
      name: `U${market}`,
      parameters: [
        set(underlyingParameters.stepPpm, 1_000_000),
        set(underlyingParameters.priceDecimals, 2),
        set(underlyingParameters.pendingCount, 1),
      ],
    },
    {
      kind: 'setPublisher',
      underlying: market,
      source: 0,
      publisher: publisher.address,
      weight: 1,
    },
    {
      kind: 'listInstrument',
      name: `U${market}-PERP`,
      underlying: market,
      multiplier: 10,
      tickSize: 1,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      parameters: [set(instrumentParameters.impactNotional, 1_000_000_000)],
    },
  ];
}

/** Opens an account of a trader, or of somebody who only has one. */
export function opening(account: number): Action {
  const trader = traders[account - 1];
  const filler = `filler ${Math.floor((account - TRADERS - 1) / FILLERS_PER_OWNER)}`;
  const owner = trader?.address ?? fillerOwner(filler);
  return deposit({ sequence: account, owner, account: 0, dollars: 1_000_000 });
}

const fillerOwners = new Map<string, Address>();
function fillerOwner(name: string): Address {
  const known = fillerOwners.get(name);
  if (known !== undefined) return known;
  const { address } = keyed(name);
  fillerOwners.set(name, address);
  return address;
}

export function deposit(of: {
  readonly sequence: number;
  readonly owner: Address;
  readonly account: number;
  readonly dollars: number;
}): Action {
  const { sequence, owner, account, dollars } = of;
  const amount = BigInt(dollars) * 1_000_000n;
  return { kind: 'deposit', chain: 0, sequence, owner, account, asset: 1, amount };
}

export function order(of: {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly price: number;
  readonly clientId: number;
  readonly isImmediate: boolean;
}): Action {
  const { isImmediate, ...rest } = of;
  return {
    kind: 'placeOrder',
    ...rest,
    timeInForce: isImmediate ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
  };
}
