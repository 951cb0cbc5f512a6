import type { RejectionName, rejections } from '../rejection.ts';
import type { Unit } from './unit.ts';

/** The figures of one rejection: each a refusal may have or lack. */
export interface RejectionFigures {
  readonly [figure: string]: Unit;
}

/**
 * What the figures of each refusal are in. A refusal carries those that say why, seldom all.
 * Amounts are of the asset that the refused action names, else of the settlement asset; prices and
 * sizes of its instrument or underlying.
 */
export const rejectionFigures = {
  // 1xx envelope and accounts
  malformed: { problem: 'text' },
  accountUnknown: { account: 'id' },
  signerUnauthorized: { action: 'text' },
  commandExpired: { expiresMs: 'timeMs', timeMs: 'timeMs' },
  expiryTooFar: { expiresMs: 'timeMs', latestMs: 'timeMs' },
  nonceUsed: { nonce: 'id', high: 'id' },
  nonceTooFar: { nonce: 'id', highest: 'id' },
  quotaExceeded: { actions: 'count' },
  actionsCount: { count: 'count' },
  agentExpired: { expiresMs: 'timeMs' },
  agentScope: { action: 'text' },
  agentsFull: { agentsMax: 'count' },
  agentUnknown: {},
  accountsFull: {},
  ownRateInvalid: { ratePpm: 'ppm' },
  agentInvalid: { scopes: 'scopes', expiresMs: 'timeMs' },
  closeOnly: { growth: 'size' },
  inLiquidation: {
    account: 'id',
    required: 'settlementUp',
    available: 'settlementDown',
    before: 'settlementDown',
  },
  blockHeight: { height: 'count' },
  blockTime: { timeMs: 'timeMs', latestMs: 'timeMs' },
  blockVersion: { version: 'count' },
  blockMalformed: { problem: 'text' },
  invariantBroken: { invariant: 'text' },

  // 2xx ledger
  assetUnknown: { asset: 'id' },
  amountInvalid: { amount: 'amount' },
  balanceInsufficient: { held: 'amount', amount: 'amount' },
  balancesFull: { account: 'id' },
  transferToSelf: { account: 'id' },
  lendingClosed: { asset: 'asset' },
  utilizationLimit: { borrowable: 'amount', amount: 'amount' },
  supplyInsufficient: { supplied: 'amount', amount: 'amount' },
  liquidityInsufficient: { available: 'amount', amount: 'amount' },
  debtNone: { asset: 'asset' },
  poolUnknown: { instrument: 'id' },
  balanceOverflow: {
    held: 'amount',
    custody: 'amount',
    amount: 'amount',
    most: 'amount',
    shares: 'digits',
  },

  // 3xx oracle
  underlyingUnknown: { underlying: 'id' },
  publisherUnknown: {},
  observationPrice: {},
  observationConfidence: {},
  observationOld: {},
  observationFuture: {},
  observationOrder: {},
  priceNotOk: { account: 'id', asset: 'asset', growth: 'size' },
  publisherWeight: {
    source: 'id',
    weight: 'count',
    most: 'count',
    total: 'count',
    sources: 'count',
    least: 'count',
  },
  sourcesFull: { source: 'id' },

  // 4xx positions
  instrumentUnknown: { instrument: 'id' },
  positionsFull: { account: 'id' },
  positionLimit: { worst: 'size', sizeMax: 'size', notional: 'settlementUp' },
  positionDust: { size: 'size' },

  // 5xx risk
  initialMargin: {
    account: 'id',
    required: 'settlementUp',
    available: 'settlementDown',
    before: 'settlementDown',
  },
  withdrawalMargin: { account: 'id', required: 'settlementUp', available: 'settlementDown' },
  openDeficit: { account: 'id', instrument: 'instrument', asset: 'asset' },
  riskIncreased: {
    account: 'id',
    required: 'settlementUp',
    available: 'settlementDown',
    before: 'settlementDown',
  },
  openInterestCap: { notional: 'settlementUp', cap: 'settlementDown' },

  // 6xx venue
  marketNotOpen: { growth: 'size' },
  orderSize: { size: 'size', sizeMax: 'size' },
  orderPrice: { price: 'price', tickSize: 'price' },
  orderBand: { price: 'price', low: 'price', high: 'price', mark: 'price' },
  orderNotional: { size: 'size', price: 'price' },
  ordersFull: { open: 'count', ordersMax: 'count' },
  orderUnknown: { order: 'idOrNone', clientId: 'idOrNone' },
  clientIdUsed: { clientId: 'id' },
  wouldCross: { price: 'price' },
  nothingToReduce: {},
  flagsConflict: {},
  selfTrade: { order: 'id' },
  noLiquidity: { limit: 'price' },

  // 8xx custody
  depositSequence: { next: 'id', sequence: 'id' },
  depositMinimum: { least: 'amount', amount: 'amount' },
  chainUnknown: { chain: 'id' },
  ownerMismatch: { account: 'id' },
  withdrawalUnknown: { withdrawal: 'id' },
  withdrawalsFull: { waiting: 'count' },
  withdrawalMinimum: { least: 'amount', amount: 'amount' },

  // 9xx governance
  parameterUnknown: { scope: 'choice', target: 'id', id: 'id' },
  parameterRange: {
    scope: 'choice',
    id: 'id',
    value: 'parameterValue',
    min: 'parameterValue',
    max: 'parameterValue',
  },
  parameterStep: { present: 'parameterValue', value: 'parameterValue', step: 'count' },
  listingInvalid: {
    check: 'text',
    decimals: 'count',
    valueNumerator: 'digits',
    multiplier: 'digits',
    tickSize: 'price',
    tiers: 'count',
    most: 'count',
    tier: 'count',
    lowerBound: 'settlementDown',
    initialPpm: 'ppm',
    maintenancePpm: 'ppm',
    costPpm: 'ppm',
    markBandPpm: 'ppm',
    low: 'settlementDown',
    high: 'settlementDown',
    loanInitialPpm: 'ppm',
    loanMaintenancePpm: 'ppm',
    kinkPpm: 'ppm',
    ratePpmAtZero: 'ppm',
    ratePpmAtKink: 'ppm',
    ratePpmAtFull: 'ppm',
    staleAfterMs: 'durationMs',
    haltAfterMs: 'durationMs',
  },
  listingsFull: {},
  proposalUnknown: { proposal: 'id' },
  proposalsFull: {},
  guardianLimit: {
    untilMs: 'timeMs',
    timeMs: 'timeMs',
    heldMs: 'timeMs',
    sharePpm: 'ppm',
    heldPpm: 'ppm',
  },
  marketState: { present: 'marketState', badDebt: 'settlement' },
} as const;

type Checked<T extends { readonly [R in RejectionName]: RejectionFigures }> = T;
type Table = Checked<typeof rejectionFigures>;

/** Money as bigint, doubles as number. */
export type FigureValue = number | bigint | string;

/** The rejections with one of these codes; all, where it is only known to be a number. */
type NameOf<C extends number> = {
  [R in RejectionName]: (typeof rejections)[R]['code'] extends C ? R : never;
}[RejectionName];

type FigureOf<R extends RejectionName> = R extends R ? keyof Table[R] : never;

/** The figures that a refusal with one of these codes may carry, all of which have a unit. */
export type FiguresOf<C extends number> = [FigureOf<NameOf<C>>] extends [never]
  ? { readonly [figure: string]: never }
  : { readonly [F in FigureOf<NameOf<C>>]?: FigureValue };
