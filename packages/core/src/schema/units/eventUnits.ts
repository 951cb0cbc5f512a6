import type { EventKind, eventSchema } from '../event.ts';
import type { Unit } from './unit.ts';

/** The units that the integers and doubles of a field's type can be in. */
type UnitFor<T> = T extends 'amount'
  ? 'amount' | 'settlement'
  : T extends 'i64'
    ? 'settlement' | 'parameterValue'
    : T extends 'f64'
      ? 'settlementDown' | 'settlementUp' | 'price' | 'nano'
      : T extends 'bool'
        ? 'flag'
        : T extends 'address'
          ? 'address'
          : T extends 'text'
            ? 'text'
            : T extends object
              ? 'choice'
              : Unit;

/** A unit for every field of every kind of event. */
type UnitsOfEvents = {
  readonly [K in EventKind]: {
    readonly [F in keyof (typeof eventSchema)[K]['fields']]: UnitFor<
      (typeof eventSchema)[K]['fields'][F]
    >;
  };
};

/** What the fields of events are in, field by field as in the table of events. */
export const eventUnits = {
  accountOpened: { account: 'id', owner: 'address' },
  deposited: { account: 'id', asset: 'asset', amount: 'amount', chain: 'id', sequence: 'id' },
  withdrawalRequested: {
    withdrawal: 'id',
    account: 'id',
    asset: 'asset',
    amount: 'amount',
    chain: 'id',
    destination: 'address',
  },
  withdrawalReleased: {
    withdrawal: 'id',
    account: 'id',
    asset: 'asset',
    amount: 'amount',
    remaining: 'amount',
  },
  withdrawalSettled: {
    withdrawal: 'id',
    account: 'id',
    asset: 'asset',
    amount: 'amount',
    outcome: 'choice',
  },
  transferred: { account: 'id', to: 'id', asset: 'asset', amount: 'amount' },
  supplied: { account: 'id', asset: 'asset', amount: 'amount' },
  redeemed: { account: 'id', asset: 'asset', amount: 'amount' },
  borrowed: { account: 'id', asset: 'asset', amount: 'amount', isForced: 'flag' },
  repaid: { account: 'id', asset: 'asset', amount: 'amount' },
  interestAccrued: { asset: 'asset', borrowers: 'amount', suppliers: 'amount', fees: 'amount' },
  agentApproved: { account: 'id', agent: 'address', scopes: 'scopes', expiresMs: 'timeMs' },
  agentRevoked: { account: 'id', agent: 'address' },
  ownRateSet: { account: 'id', ratePpm: 'ppm' },
  orderPlaced: {
    order: 'id',
    account: 'id',
    instrument: 'instrument',
    side: 'choice',
    price: 'price',
    size: 'size',
    clientId: 'idOrNone',
  },
  orderCancelled: {
    order: 'id',
    account: 'id',
    instrument: 'instrument',
    size: 'size',
    reason: 'choice',
  },
  filled: {
    instrument: 'instrument',
    price: 'price',
    size: 'size',
    taker: 'id',
    maker: 'id',
    takerOrder: 'idOrNone',
    makerOrder: 'idOrNone',
    takerSide: 'choice',
    takerFee: 'settlement',
    makerFee: 'settlement',
    isLiquidation: 'flag',
  },
  fundingPaid: { account: 'id', instrument: 'instrument', amount: 'settlement' },
  fundingRateSet: {
    instrument: 'instrument',
    rateNanoPerHour: 'nano',
    premiumNano: 'nano',
    samples: 'count',
  },
  indexUpdated: { underlying: 'underlying', price: 'price', confidence: 'price', status: 'choice' },
  markUpdated: { instrument: 'instrument', price: 'price' },
  statusChanged: { underlying: 'underlying', from: 'choice', to: 'choice' },
  graceStarted: { underlying: 'underlying', untilMs: 'timeMs' },
  liquidationStarted: {
    account: 'id',
    health: 'settlementDown',
    equity: 'settlementDown',
    maintenance: 'settlementUp',
  },
  liquidationWaited: { account: 'id', reason: 'choice' },
  liquidationEnded: { account: 'id', outcome: 'choice' },
  closedOut: {
    account: 'id',
    instrument: 'instrument',
    size: 'size',
    quote: 'settlement',
    penalty: 'settlement',
    fee: 'settlement',
    limit: 'price',
    bankruptcyPrice: 'price',
    healthBefore: 'settlementDown',
    healthAfter: 'settlementDown',
  },
  collateralSold: {
    account: 'id',
    asset: 'asset',
    amount: 'amount',
    debtAsset: 'assetOrNone',
    paid: 'settlement',
  },
  deficitOpened: {
    account: 'id',
    instrument: 'instrumentOrFund',
    asset: 'asset',
    amount: 'amount',
  },
  poolDrawn: {
    instrument: 'instrumentOrFund',
    market: 'instrumentOrFund',
    asset: 'asset',
    amount: 'amount',
  },
  deleveraged: {
    instrument: 'instrument',
    bankrupt: 'id',
    account: 'id',
    size: 'size',
    quote: 'settlement',
    charge: 'settlement',
    pass: 'count',
  },
  lossSocialized: {
    instrument: 'instrumentOrFund',
    asset: 'asset',
    account: 'idOrNone',
    amount: 'amount',
    step: 'choice',
  },
  badDebtRecorded: { instrument: 'instrumentOrFund', asset: 'asset', amount: 'amount' },
  badDebtRepaid: { instrument: 'instrumentOrFund', asset: 'asset', amount: 'amount' },
  poolFunded: { instrument: 'instrumentOrFund', account: 'id', amount: 'settlement' },
  assetListed: { asset: 'asset', name: 'text' },
  underlyingListed: { underlying: 'underlying', name: 'text' },
  instrumentListed: { instrument: 'instrument', name: 'text', opensMs: 'timeMs' },
  publisherSet: { underlying: 'underlying', source: 'id', publisher: 'address', weight: 'count' },
  parameterChanged: {
    scope: 'choice',
    target: 'target',
    parameter: 'parameter',
    value: 'parameterValue',
  },
  changeProposed: {
    proposal: 'id',
    scope: 'choice',
    target: 'target',
    parameter: 'parameter',
    value: 'parameterValue',
    readyMs: 'timeMs',
  },
  proposalCancelled: { proposal: 'id' },
  marketStateChanged: { instrument: 'instrument', state: 'choice' },
  marketHalted: { instrument: 'instrument', untilMs: 'timeMs' },
  outflowLimited: { asset: 'asset', sharePpm: 'ppm', untilMs: 'timeMs' },
  indexDisputed: { underlying: 'underlying', untilMs: 'timeMs' },
  closeOnlyEntered: { invariant: 'text' },
  closeOnlyEnded: {},
  openingProposed: { proposal: 'id', instrument: 'instrument', opensMs: 'timeMs' },
  assetBought: { account: 'id', asset: 'asset', amount: 'amount', paid: 'settlement' },
  suppliersPaid: { account: 'id', asset: 'asset', amount: 'amount', paid: 'settlement' },
} as const;

/** Every field has its unit, and of those that its type can be in. */
export type EventUnits = Checked<typeof eventUnits>;
type Checked<T extends UnitsOfEvents> = T;
