// What the example sends: keys, a market in bitcoin with prices in cents, deposits and orders.
import type { Action, Address, Observation } from '@plimsoll/core';

const key = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;
export const authorities = { admin: key(1), guardian: key(2), custodian: key(3) };
const publisher = key(4);
/** Owners of accounts 1 and 2. */
export const alice = key(5);
export const bob = key(6);

/** An underlying with one source of prices, and a perpetual at 5 % initial margin. */
export const listing: Action[] = [
  { kind: 'listUnderlying', name: 'BTC', parameters: [] },
  { kind: 'setPublisher', underlying: 1, source: 0, publisher, weight: 1 },
  {
    kind: 'listInstrument',
    name: 'BTC-PERP',
    underlying: 1,
    // A lot is 0.001 bitcoin: one cent of price is 10 millionths of a dollar.
    multiplier: 10,
    tickSize: 100,
    tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
    parameters: [],
  },
];

export const observation = (price: number, timeMs: number): Observation => ({
  underlying: 1,
  source: 0,
  publisher,
  price: BigInt(price),
  confidence: 0n,
  timeMs,
});

/** Opens an account; `dollars` are millionths of them. */
export const deposit = (sequence: number, owner: Address, dollars: bigint): Action => ({
  kind: 'deposit',
  chain: 0,
  sequence,
  owner,
  account: 0,
  asset: 1,
  amount: dollars,
});

/** An order for two bitcoin. */
export const order = (side: 'buy' | 'sell', price: number): Action => ({
  kind: 'placeOrder',
  instrument: 1,
  side,
  size: 2_000,
  price,
  timeInForce: 'goodTillCancelled',
  isPostOnly: false,
  isReduceOnly: false,
  selfTrade: 'cancelResting',
  clientId: 0,
});
