// The network of the load benches: its keys, its markets, and how its clients sign. Keys come from
// numbers, so that node and clients make the same ones in their own processes.
import { createHash } from 'node:crypto';
import { typedDataTarget } from '@plimsoll/api';
import { addressOf, createDigester } from '@plimsoll/api/signing';
import {
  type Action,
  type Address,
  encodeCommandBody,
  instrumentParameters,
  type ParameterSchema,
  type UnsignedObservation,
  underlyingParameters,
} from '@plimsoll/core/schema';
import { type NetworkFile, networkOf } from '@plimsoll/node';
import { createKeccak } from 'hash-wasm';
import secp256k1 from 'secp256k1';

export const BOOKS = 16;
export const PRICE = 1_000_000;

export interface Keyed {
  readonly key: Uint8Array;
  readonly address: Address;
}

const keyed = (name: string): Keyed => {
  const key = createHash('sha256').update(`plimsoll bench ${name}`).digest();
  return { key, address: addressOf(key) };
};
export const admin = keyed('admin');
export const guardian = keyed('guardian');
export const custodian = keyed('custodian');
export const publisher = keyed('publisher');
export const owner = (account: number): Keyed => keyed(`owner ${account}`);

/** Every owner has 1,000 accounts at most: one key signs for all of them, each with its nonces. */
export function networkFile(accounts: number): NetworkFile {
  return {
    network: 'bench',
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
    capacity: { accounts, positionsPerAccount: 4, orders: 1 << 19, instruments: BOOKS + 1 },
  };
}

/** Commands are signed before a run and sent in it. */
const LIFETIME_MS = 3_600_000;

/** Signs as fast as a client of today's libraries can: native curve, WASM keccak. */
export async function createSigner(accounts: number) {
  const hasher = await createKeccak(256);
  const keccak = (bytes: Uint8Array): Uint8Array =>
    hasher.init().update(bytes).digest('binary') as Uint8Array;
  const digester = createDigester(typedDataTarget(networkOf(networkFile(accounts))), keccak);
  const over = (digest: Uint8Array, key: Uint8Array): Uint8Array => {
    const { signature, recid } = secp256k1.ecdsaSign(digest, key);
    const bytes = new Uint8Array(65);
    bytes.set(signature);
    bytes[64] = 27 + recid;
    return bytes;
  };
  /** By account; 0: the authorities. A key that signs faster than a clock ticks is ahead of it. */
  const nonces = new Float64Array(accounts + 1);
  return {
    command(key: Uint8Array, account: number, actions: readonly Action[]) {
      const nonce = Math.max((nonces[account] as number) + 1, Date.now());
      nonces[account] = nonce;
      const command = { account, nonce, expiresMs: Date.now() + LIFETIME_MS, actions };
      return {
        body: encodeCommandBody(command),
        signature: over(digester.command(command), key),
      };
    },
    prices(prices: readonly UnsignedObservation[]) {
      return over(digester.prices(prices), publisher.key);
    },
  };
}

const set = (parameter: ParameterSchema, value: number) => ({
  parameter: parameter.id,
  value: BigInt(value),
});

/** One underlying with its market. Prices in cents, a lot is 0.001. */
export function listing(book: number): Action[] {
  return [
    {
      kind: 'listUnderlying',
      name: `U${book}`,
      parameters: [
        set(underlyingParameters.stepPpm, 1_000_000),
        set(underlyingParameters.priceDecimals, 2),
      ],
    },
    {
      kind: 'setPublisher',
      underlying: book,
      source: 0,
      publisher: publisher.address,
      weight: 1,
    },
    {
      kind: 'listInstrument',
      name: `U${book}-PERP`,
      underlying: book,
      multiplier: 10,
      tickSize: 1,
      tiers: [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
      // Depth counts as soon as it stands there.
      parameters: [
        set(instrumentParameters.impactNotional, 1_000_000_000),
        set(instrumentParameters.impactAgeMs, 0),
        set(instrumentParameters.depthTauMs, 10_000),
        set(instrumentParameters.depthSharePpm, 1_000_000),
      ],
    },
  ];
}

export function deposit(sequence: number, to: Address, dollars: number): Action {
  return {
    kind: 'deposit',
    chain: 0,
    sequence,
    owner: to,
    account: 0,
    asset: 1,
    amount: BigInt(dollars) * 1_000_000n,
  };
}

export interface OrderWish {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly price: number;
  readonly clientId?: number;
  readonly isImmediate?: boolean;
}

export function order(wish: OrderWish): Action {
  return {
    kind: 'placeOrder',
    instrument: wish.instrument,
    side: wish.side,
    size: wish.size,
    price: wish.price,
    timeInForce: wish.isImmediate === true ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: wish.clientId ?? 0,
  };
}
