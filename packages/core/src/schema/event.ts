import type { FieldsSchema, RecordOf } from './fields.ts';

export interface EventSchema {
  readonly id: number;
  readonly doc: string;
  readonly fields: FieldsSchema;
}

/** The one table of events: what a block did. Amounts of fills and fees are settlement units. */
export const eventSchema = {
  accountOpened: {
    id: 1,
    doc: 'An account was opened.',
    fields: { account: 'u32', owner: 'address' },
  },
  deposited: {
    id: 2,
    doc: 'A deposit was credited.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount', chain: 'u32', sequence: 'u53' },
  },
  withdrawalRequested: {
    id: 3,
    doc: 'An amount left the account for the withdrawal queue.',
    fields: {
      withdrawal: 'u53',
      account: 'u32',
      asset: 'u32',
      amount: 'amount',
      chain: 'u32',
      destination: 'address',
    },
  },
  withdrawalReleased: {
    id: 4,
    doc: 'A slice of a withdrawal may be paid out of custody.',
    fields: {
      withdrawal: 'u53',
      account: 'u32',
      asset: 'u32',
      amount: 'amount',
      remaining: 'amount',
    },
  },
  withdrawalSettled: {
    id: 5,
    doc: 'A released withdrawal was paid or returned.',
    fields: {
      withdrawal: 'u53',
      account: 'u32',
      asset: 'u32',
      amount: 'amount',
      outcome: { enum: ['paid', 'returned'] },
    },
  },
  transferred: {
    id: 6,
    doc: 'An asset moved between accounts.',
    fields: { account: 'u32', to: 'u32', asset: 'u32', amount: 'amount' },
  },
  supplied: {
    id: 7,
    doc: 'An asset was lent out.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount' },
  },
  redeemed: {
    id: 8,
    doc: 'A lent asset was taken back.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount' },
  },
  borrowed: {
    id: 9,
    doc: 'A loan was taken, by command or because a loss exceeded the balance.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount', isForced: 'bool' },
  },
  repaid: {
    id: 10,
    doc: 'A loan was repaid.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount' },
  },
  interestAccrued: {
    id: 11,
    doc: 'Interest was added to the loans of an asset.',
    fields: { asset: 'u32', borrowers: 'amount', suppliers: 'amount', fees: 'amount' },
  },
  agentApproved: {
    id: 12,
    doc: 'An agent key was approved.',
    fields: { account: 'u32', agent: 'address', scopes: 'u32', expiresMs: 'u53' },
  },
  agentRevoked: {
    id: 13,
    doc: 'An agent key was withdrawn.',
    fields: { account: 'u32', agent: 'address' },
  },
  ownRateSet: {
    id: 14,
    doc: "The account's own least margin rate changed.",
    fields: { account: 'u32', ratePpm: 'u32' },
  },
  orderPlaced: {
    id: 15,
    doc: 'An order rests on the book.',
    fields: {
      order: 'u53',
      account: 'u32',
      instrument: 'u32',
      side: { enum: ['buy', 'sell'] },
      price: 'u32',
      size: 'u32',
      clientId: 'u53',
    },
  },
  orderCancelled: {
    id: 16,
    doc: 'An order, or the rest of it, is gone without a fill.',
    fields: {
      order: 'u53',
      account: 'u32',
      instrument: 'u32',
      size: 'u32',
      reason: {
        enum: [
          'owner',
          'selfTrade',
          'makerMargin',
          'liquidation',
          'market',
          'reduceOnly',
          'immediate',
          'unaffordable',
        ],
      },
    },
  },
  filled: {
    id: 17,
    doc: 'A trade on the book.',
    fields: {
      instrument: 'u32',
      price: 'u32',
      size: 'u32',
      taker: 'u32',
      maker: 'u32',
      takerOrder: 'u53',
      makerOrder: 'u53',
      takerSide: { enum: ['buy', 'sell'] },
      takerFee: 'i64',
      makerFee: 'i64',
      isLiquidation: 'bool',
    },
  },
  fundingPaid: {
    id: 18,
    doc: 'Funding was settled for a position; negative was received.',
    fields: { account: 'u32', instrument: 'u32', amount: 'i64' },
  },
  fundingRateSet: {
    id: 19,
    doc: 'The funding rate of the next interval.',
    fields: { instrument: 'u32', rateNanoPerHour: 'f64', premiumNano: 'f64', samples: 'u32' },
  },
  indexUpdated: {
    id: 20,
    doc: 'The index of an underlying.',
    fields: {
      underlying: 'u32',
      price: 'u53',
      confidence: 'u53',
      status: { enum: ['none', 'ok', 'degraded', 'stale', 'halted'] },
    },
  },
  markUpdated: {
    id: 21,
    doc: 'The mark price of an instrument.',
    fields: { instrument: 'u32', price: 'u53' },
  },
  statusChanged: {
    id: 22,
    doc: 'The status of an index changed.',
    fields: {
      underlying: 'u32',
      from: { enum: ['none', 'ok', 'degraded', 'stale', 'halted'] },
      to: { enum: ['none', 'ok', 'degraded', 'stale', 'halted'] },
    },
  },
  graceStarted: {
    id: 23,
    doc: 'After a halt, accounts have time to act before liquidation.',
    fields: { underlying: 'u32', untilMs: 'u53' },
  },
  liquidationStarted: {
    id: 24,
    doc: 'An account fell below maintenance on lawful evidence.',
    fields: { account: 'u32', health: 'f64', equity: 'f64', maintenance: 'f64' },
  },
  liquidationWaited: {
    id: 25,
    doc: 'An account below maintenance could not be closed out in this block.',
    fields: {
      account: 'u32',
      reason: { enum: ['budget', 'depth', 'evidence', 'grace', 'noBuyer'] },
    },
  },
  liquidationEnded: {
    id: 26,
    doc: 'An account left liquidation.',
    fields: { account: 'u32', outcome: { enum: ['restored', 'cured', 'emptied', 'bankrupt'] } },
  },
  closedOut: {
    id: 27,
    doc: 'A leg was reduced on the book, no worse than the limit.',
    fields: {
      account: 'u32',
      instrument: 'u32',
      size: 'u32',
      quote: 'amount',
      penalty: 'amount',
      fee: 'amount',
      limit: 'u53',
      bankruptcyPrice: 'f64',
      healthBefore: 'f64',
      healthAfter: 'f64',
    },
  },
  collateralSold: {
    id: 28,
    doc: 'Collateral was sold to the shared fund below index.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount', debtAsset: 'u32', paid: 'amount' },
  },
  deficitOpened: {
    id: 29,
    doc: 'A market, or the lending market of an asset, has a loss to bear.',
    fields: { account: 'u32', instrument: 'u32', asset: 'u32', amount: 'amount' },
  },
  poolDrawn: {
    id: 30,
    doc: 'A pool paid for a deficit; instrument 0 is the shared fund.',
    fields: { instrument: 'u32', market: 'u32', asset: 'u32', amount: 'amount' },
  },
  deleveraged: {
    id: 31,
    doc: 'A position was closed against a bankrupt account.',
    fields: {
      instrument: 'u32',
      bankrupt: 'u32',
      account: 'u32',
      size: 'u32',
      quote: 'amount',
      charge: 'amount',
      pass: 'u8',
    },
  },
  lossSocialized: {
    id: 32,
    doc: 'A holder of the failing market paid its part.',
    fields: {
      instrument: 'u32',
      asset: 'u32',
      account: 'u32',
      amount: 'amount',
      step: { enum: ['gains', 'principal', 'suppliers'] },
    },
  },
  badDebtRecorded: {
    id: 33,
    doc: 'What nobody could pay stands on record.',
    fields: { instrument: 'u32', asset: 'u32', amount: 'amount' },
  },
  badDebtRepaid: {
    id: 34,
    doc: 'Fees and penalties repaid bad debt.',
    fields: { instrument: 'u32', asset: 'u32', amount: 'amount' },
  },
  poolFunded: {
    id: 35,
    doc: 'A pool was given money; instrument 0 is the shared fund.',
    fields: { instrument: 'u32', account: 'u32', amount: 'amount' },
  },
  assetListed: { id: 36, doc: 'An asset was listed.', fields: { asset: 'u32', name: 'text' } },
  underlyingListed: {
    id: 37,
    doc: 'An underlying was listed.',
    fields: { underlying: 'u32', name: 'text' },
  },
  instrumentListed: {
    id: 38,
    doc: 'An instrument was listed.',
    fields: { instrument: 'u32', name: 'text', opensMs: 'u53' },
  },
  publisherSet: {
    id: 39,
    doc: 'A source got a key and weight.',
    fields: { underlying: 'u32', source: 'u8', publisher: 'address', weight: 'u32' },
  },
  parameterChanged: {
    id: 40,
    doc: 'A parameter took effect.',
    fields: {
      scope: { enum: ['global', 'asset', 'underlying', 'instrument'] },
      target: 'u32',
      parameter: 'u32',
      value: 'i64',
    },
  },
  changeProposed: {
    id: 41,
    doc: 'A change waits for its notice.',
    fields: {
      proposal: 'u53',
      scope: { enum: ['global', 'asset', 'underlying', 'instrument'] },
      target: 'u32',
      parameter: 'u32',
      value: 'i64',
      readyMs: 'u53',
    },
  },
  proposalCancelled: {
    id: 42,
    doc: 'A pending change was cancelled.',
    fields: { proposal: 'u53' },
  },
  marketStateChanged: {
    id: 43,
    doc: 'An instrument changed state.',
    fields: { instrument: 'u32', state: { enum: ['proposed', 'open', 'reduceOnly'] } },
  },
  marketHalted: {
    id: 44,
    doc: 'An instrument was halted by the guardian.',
    fields: { instrument: 'u32', untilMs: 'u53' },
  },
  outflowLimited: {
    id: 45,
    doc: 'The outflow limit of an asset was lowered.',
    fields: { asset: 'u32', sharePpm: 'u32', untilMs: 'u53' },
  },
  indexDisputed: {
    id: 46,
    doc: 'An outside guard disagrees with an index.',
    fields: { underlying: 'u32', untilMs: 'u53' },
  },
  closeOnlyEntered: {
    id: 47,
    doc: 'A command would have broken an invariant: the machine is close-only.',
    fields: { invariant: 'text' },
  },
  closeOnlyEnded: { id: 48, doc: 'The operator ended close-only mode.', fields: {} },
  openingProposed: {
    id: 49,
    doc: 'The opening of an instrument waits for its notice.',
    fields: { proposal: 'u53', instrument: 'u32', opensMs: 'u53' },
  },
  assetBought: {
    id: 50,
    doc: 'The shared fund sold an asset it held, to repay a loan of an account in liquidation.',
    fields: { account: 'u32', asset: 'u32', amount: 'amount', paid: 'amount' },
  },
  suppliersPaid: {
    id: 51,
    doc: "A bankrupt account's loan was settled with its suppliers in the settlement asset.",
    fields: { account: 'u32', asset: 'u32', amount: 'amount', paid: 'amount' },
  },
} as const;

type Checked<T extends { readonly [kind: string]: EventSchema }> = T;
export type EventKind = keyof Checked<typeof eventSchema>;
export type EventOf<K extends EventKind> = { readonly kind: K } & RecordOf<
  (typeof eventSchema)[K]['fields']
>;
export type Event = { [K in EventKind]: EventOf<K> }[EventKind];
