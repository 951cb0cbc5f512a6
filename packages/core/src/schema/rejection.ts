export interface Rejection {
  readonly code: number;
  readonly sentence: string;
  readonly remedy: string;
}

/**
 * The one table of refusals: a hundred per layer, never reused or renumbered; 0 is accepted.
 * docs/spec/rejections.md is generated from it.
 */
export const rejections = {
  // 1xx envelope and accounts
  malformed: {
    code: 100,
    sentence: 'The command is not in the canonical form.',
    remedy: 'Encode it with the published schema.',
  },
  accountUnknown: {
    code: 101,
    sentence: 'The account does not exist.',
    remedy: 'Name an account that a deposit has opened.',
  },
  signerUnauthorized: {
    code: 102,
    sentence: 'The signer may not act for this account or role.',
    remedy: 'Sign with the owner key, or have the owner approve this agent with the needed scope.',
  },
  commandExpired: {
    code: 103,
    sentence: 'The command expired before this block.',
    remedy: 'Sign it again with a later expiry.',
  },
  expiryTooFar: {
    code: 104,
    sentence: 'The expiry lies too far in the future.',
    remedy: 'Use an expiry within the longest lifetime of a command.',
  },
  nonceUsed: {
    code: 105,
    sentence: 'The nonce was used or lies below the window.',
    remedy: 'Use a nonce above the highest one used.',
  },
  nonceTooFar: {
    code: 106,
    sentence: 'The nonce lies too far above the window and the block time.',
    remedy: 'Use the current time in milliseconds as nonce.',
  },
  quotaExceeded: {
    code: 107,
    sentence: 'The account has used up its command quota.',
    remedy: 'Wait for the quota to refill; cancels and reductions have their own.',
  },
  actionsCount: {
    code: 108,
    sentence: 'A command has 1 to 32 actions.',
    remedy: 'Split the actions over several commands.',
  },
  agentExpired: {
    code: 109,
    sentence: 'The agent key has expired.',
    remedy: 'Have the owner approve it again.',
  },
  agentScope: {
    code: 110,
    sentence: 'The agent key lacks the scope of this action.',
    remedy: 'Have the owner approve the scope.',
  },
  agentsFull: {
    code: 111,
    sentence: 'The account has as many agents as it may have.',
    remedy: 'Revoke one first.',
  },
  agentUnknown: {
    code: 112,
    sentence: 'The account has no such agent.',
    remedy: 'List the agents of the account.',
  },
  accountsFull: {
    code: 113,
    sentence: 'No further account can be opened.',
    remedy: 'Use an existing account, or have the limit raised.',
  },
  ownRateInvalid: {
    code: 114,
    sentence: 'The own margin rate is not between 0 and 1,000,000 ppm.',
    remedy: 'Choose a rate in that range.',
  },
  agentInvalid: {
    code: 115,
    sentence: 'The agent is the owner, has no scope or no valid expiry.',
    remedy: 'Name another key with at least one scope and an expiry within a year.',
  },
  closeOnly: {
    code: 116,
    sentence: 'The machine is in close-only mode.',
    remedy: 'Cancel or reduce; opens return when the operator has cleared it.',
  },
  inLiquidation: {
    code: 117,
    sentence: 'The account is in liquidation: it may top up, reduce or cancel only.',
    remedy: 'Deposit, reduce or cancel.',
  },
  blockHeight: {
    code: 118,
    sentence: 'The block does not carry the next height.',
    remedy: 'Apply each block once, in order of height.',
  },
  blockTime: {
    code: 119,
    sentence: 'The block lies before the last block in time, or a century after it.',
    remedy: 'Give a block time at or after that of the last block.',
  },
  blockVersion: {
    code: 120,
    sentence: 'The block is for another state version.',
    remedy: 'Run the release of that version, or build the block for this one.',
  },
  blockMalformed: {
    code: 121,
    sentence: 'The block is not in the canonical form.',
    remedy: 'Build it with the published schema.',
  },
  invariantBroken: {
    code: 199,
    sentence: 'The command would have broken an invariant and was undone.',
    remedy: 'Nothing was lost; report it to the operator.',
  },

  // 2xx ledger
  assetUnknown: {
    code: 200,
    sentence: 'The asset does not exist.',
    remedy: 'Name a listed asset.',
  },
  amountInvalid: {
    code: 201,
    sentence: 'The amount is zero or out of range.',
    remedy: 'Give an amount of at least 1 unit within range.',
  },
  balanceInsufficient: {
    code: 202,
    sentence: 'The balance is smaller than the amount.',
    remedy: 'Lower the amount, or redeem or borrow first.',
  },
  balancesFull: {
    code: 203,
    sentence: 'The account holds as many assets as it may.',
    remedy: 'Empty one balance first.',
  },
  transferToSelf: {
    code: 204,
    sentence: 'Source and target are the same account.',
    remedy: 'Name another account.',
  },
  lendingClosed: {
    code: 205,
    sentence: 'The asset cannot be lent or borrowed.',
    remedy: 'Choose an asset whose lending market is open.',
  },
  utilizationLimit: {
    code: 206,
    sentence: 'New loans stop at the utilization limit.',
    remedy: 'Borrow less, or wait for supply or repayments.',
  },
  supplyInsufficient: {
    code: 207,
    sentence: 'The account has not lent that much.',
    remedy: 'Redeem at most what is lent; 0 redeems all.',
  },
  liquidityInsufficient: {
    code: 208,
    sentence: 'The lent amount is out on loan at the moment.',
    remedy: 'Redeem less, or wait for repayments.',
  },
  debtNone: {
    code: 209,
    sentence: 'The account owes none of this asset.',
    remedy: 'Nothing is to be repaid.',
  },
  poolUnknown: {
    code: 210,
    sentence: 'The pool does not exist.',
    remedy: 'Name a listed instrument, or 0 for the shared fund.',
  },
  balanceOverflow: {
    code: 211,
    sentence: 'The result would exceed what a balance can hold.',
    remedy: 'Lower the amount.',
  },

  // 3xx oracle
  underlyingUnknown: {
    code: 300,
    sentence: 'The underlying does not exist.',
    remedy: 'Name a listed underlying.',
  },
  publisherUnknown: {
    code: 301,
    sentence: 'The signer is not the publisher of this source.',
    remedy: 'Sign with the registered publisher key.',
  },
  observationPrice: {
    code: 302,
    sentence: 'The price is not positive or out of range.',
    remedy: 'Send a price of 1 to 2,147,483,647 price units.',
  },
  observationConfidence: {
    code: 303,
    sentence: 'The confidence is negative or exceeds the price.',
    remedy: 'Send a confidence from 0 to the price.',
  },
  observationOld: {
    code: 304,
    sentence: 'The observation is older than allowed.',
    remedy: 'Send a fresh observation.',
  },
  observationFuture: {
    code: 305,
    sentence: 'The observation is later than the block.',
    remedy: 'Check the clock of the publisher.',
  },
  observationOrder: {
    code: 306,
    sentence: 'The source has already sent a newer or equal time.',
    remedy: 'Send observations in order of time.',
  },
  priceNotOk: {
    code: 307,
    sentence: 'The price evidence does not allow this action.',
    remedy: 'Reduce or cancel, or wait until the index is ok.',
  },
  publisherWeight: {
    code: 308,
    sentence: 'A source may hold one slot and at most a third of the weight.',
    remedy: 'Lower the weight, or add sources first.',
  },
  sourcesFull: {
    code: 309,
    sentence: 'The underlying has no such source slot.',
    remedy: 'Use a slot below the limit.',
  },

  // 4xx positions
  instrumentUnknown: {
    code: 400,
    sentence: 'The instrument does not exist.',
    remedy: 'Name a listed instrument.',
  },
  positionsFull: {
    code: 401,
    sentence: 'The account has as many positions as it may have.',
    remedy: 'Close one first, or use another account.',
  },
  positionLimit: {
    code: 402,
    sentence: 'The position would exceed the largest size or notional.',
    remedy: 'Lower the size.',
  },
  positionDust: {
    code: 403,
    sentence: 'The position would be smaller than the least notional.',
    remedy: 'Close it in full, or keep more.',
  },

  // 5xx risk
  initialMargin: {
    code: 500,
    sentence: 'Free margin would be negative.',
    remedy: 'Deposit, reduce, or lower the size.',
  },
  withdrawalMargin: {
    code: 501,
    sentence: 'What stays would not cover the withdrawal requirement.',
    remedy: 'Withdraw at most the maximum withdrawal.',
  },
  openDeficit: {
    code: 502,
    sentence: 'A market of this account has an open deficit.',
    remedy: 'Wait: the deficit is settled within the hour.',
  },
  riskIncreased: {
    code: 503,
    sentence: 'The account is short of margin and the action does not strictly reduce its risk.',
    remedy: 'Only reduce positions or add collateral.',
  },
  openInterestCap: {
    code: 504,
    sentence: 'Open interest would exceed the cap of the market.',
    remedy: 'Lower the size.',
  },

  // 6xx venue
  marketNotOpen: {
    code: 600,
    sentence: 'The market takes no such order now.',
    remedy: 'Cancel or reduce only, or wait until it is open.',
  },
  orderSize: {
    code: 601,
    sentence: 'The size is zero or above the largest order.',
    remedy: 'Choose a size in range.',
  },
  orderPrice: {
    code: 602,
    sentence: 'The price is off the tick grid, zero for a limit, or set for a market order.',
    remedy: 'Use a multiple of the tick size; 0 for a market order.',
  },
  orderBand: {
    code: 603,
    sentence: 'The price lies outside the fill band around the mark price.',
    remedy: 'Use a price inside the band.',
  },
  orderNotional: {
    code: 604,
    sentence: 'The order is smaller than the least notional.',
    remedy: 'Raise the size.',
  },
  ordersFull: {
    code: 605,
    sentence: 'The account or the venue has as many open orders as it may have.',
    remedy: 'Cancel some first.',
  },
  orderUnknown: {
    code: 606,
    sentence: 'The account has no such open order.',
    remedy: 'It may have been filled or cancelled; list the open orders.',
  },
  clientIdUsed: {
    code: 607,
    sentence: 'An open order of the account has this client id.',
    remedy: 'Use another client id.',
  },
  wouldCross: {
    code: 608,
    sentence: 'A post-only order would have traded at once.',
    remedy: 'Use a price that does not cross.',
  },
  nothingToReduce: {
    code: 609,
    sentence: 'A reduce-only order has no opposite position to reduce.',
    remedy: 'Drop the flag, or check the side.',
  },
  flagsConflict: {
    code: 610,
    sentence: 'The flags of the order exclude each other.',
    remedy: 'Post-only goes with a resting limit order only.',
  },
  selfTrade: {
    code: 611,
    sentence: 'The order would have traded with an order of the same owner.',
    remedy: 'Cancel the resting order, or choose another self-trade mode.',
  },
  noLiquidity: {
    code: 612,
    sentence: 'Nothing within the limit could be traded at once.',
    remedy: 'Use a limit order, or a wider limit.',
  },

  // 8xx custody
  depositSequence: {
    code: 800,
    sentence: 'The deposit does not carry the next sequence number of its chain.',
    remedy: 'Send each deposit once, in order.',
  },
  depositMinimum: {
    code: 801,
    sentence: 'Opening an account takes a minimum deposit.',
    remedy: 'Deposit at least the minimum.',
  },
  chainUnknown: {
    code: 802,
    sentence: 'The chain is not known for this asset.',
    remedy: 'Name a chain that holds the asset.',
  },
  ownerMismatch: {
    code: 803,
    sentence: 'The account belongs to another owner.',
    remedy: 'Name an account of this owner, or 0 to open one.',
  },
  withdrawalUnknown: {
    code: 804,
    sentence: 'There is no such released withdrawal.',
    remedy: 'Settle each withdrawal once, after its release.',
  },
  withdrawalsFull: {
    code: 805,
    sentence: 'The withdrawal queue, or the share of it that one account may have, is full.',
    remedy: 'Try again later.',
  },
  withdrawalMinimum: {
    code: 806,
    sentence: 'The amount is below the least withdrawal.',
    remedy: 'Withdraw more, or all.',
  },

  // 9xx governance
  parameterUnknown: {
    code: 900,
    sentence: 'There is no such parameter or target.',
    remedy: 'See the table of parameters.',
  },
  parameterRange: {
    code: 901,
    sentence: 'The value is outside the valid range of the parameter.',
    remedy: 'Choose a value in range.',
  },
  parameterStep: {
    code: 902,
    sentence: 'The change is larger than one step allows.',
    remedy: 'Change it in smaller steps.',
  },
  listingInvalid: {
    code: 903,
    sentence: 'The listing fails a check.',
    remedy: 'See the listing checks for the figures named.',
  },
  listingsFull: {
    code: 904,
    sentence: 'No further listing of this kind fits.',
    remedy: 'Raise the limit in the genesis.',
  },
  proposalUnknown: {
    code: 905,
    sentence: 'There is no such pending change.',
    remedy: 'List the pending changes.',
  },
  proposalsFull: {
    code: 906,
    sentence: 'Too many changes are pending.',
    remedy: 'Cancel one, or wait.',
  },
  guardianLimit: {
    code: 907,
    sentence: 'The act exceeds what a guardian may do.',
    remedy: 'At most 72 h, and outflow no lower than a tenth.',
  },
  marketState: {
    code: 908,
    sentence: 'The market cannot go to that state from its present one.',
    remedy: 'See the states of a market.',
  },
} as const;

type Checked<T extends { readonly [name: string]: Rejection }> = T;
export type RejectionName = keyof Checked<typeof rejections>;
/** 0 is accepted; any other number is the code of a rejection. */
export type Code = number;
export const accepted = 0;
