/**
 * A column: its type, cells per row, and what it means. `money` says how it enters the conservation
 * equation I1 of its asset: 'claim' (+) or 'backing' (−). `derived` columns are rebuilt from the
 * others: they are in no root and no snapshot.
 */
export interface ColumnSchema {
  readonly type: 'u8' | 'u32' | 'i32' | 'f64' | 'i64';
  readonly stride?: number;
  readonly money?: 'claim' | 'backing';
  readonly derived?: true;
  readonly doc: string;
}

/**
 * `rows` names a limit. `owner` says whose a row is: 'row' (row = account), 'column' (its `account`
 * column), or nobody's. `asset`: which asset its money columns are in: the settlement asset, the
 * row number, or its `asset` column.
 */
export interface TableSchema {
  readonly rows: keyof Limits | 1 | 16;
  readonly owner?: 'row' | 'column';
  readonly asset?: 'settlement' | 'row' | 'column';
  readonly doc: string;
  readonly columns: { readonly [name: string]: ColumnSchema };
}

/** Capacities, fixed at genesis. A full table is a refusal. */
export interface Limits {
  readonly accountsMax: number;
  readonly balanceRowsMax: number;
  readonly positionRowsMax: number;
  readonly agentRowsMax: number;
  readonly ordersMax: number;
  readonly levelsMax: number;
  readonly assetsMax: number;
  readonly underlyingsMax: number;
  readonly instrumentsMax: number;
  readonly withdrawalsMax: number;
  readonly proposalsMax: number;
  /** Powers of two, at least twice the rows they index. */
  readonly orderSlotsMax: number;
  readonly withdrawalSlotsMax: number;
  /** underlyingsMax × SOURCES_PER_UNDERLYING. */
  readonly sourceRowsMax: number;
}

export const SETTLEMENT_ASSET = 1;
export const SOURCES_PER_UNDERLYING = 16;
export const TIERS_MAX = 8;
/** Slots of the ring of published volatility margin rates (13 × 5 min cover 1 h ago). */
export const RATE_RING = 16;
/** Hourly buckets of rolling 24 h sums and minima. */
export const DAY_RING = 24;

export const INDEX_STATUS = { none: 0, ok: 1, degraded: 2, stale: 3, halted: 4 } as const;
export const MARKET_STATE = { proposed: 0, open: 1, reduceOnly: 2 } as const;
export const LIQUIDATION_STAGE = { none: 0, closeOut: 1, losses: 2 } as const;
export const LIQUIDATION_WAIT = {
  none: 0,
  budget: 1,
  depth: 2,
  evidence: 3,
  grace: 4,
  noBuyer: 5,
} as const;
export const AUTHORITY_ROLE = { none: 0, admin: 1, guardian: 2, custodian: 3 } as const;
export const SIDE = { buy: 0, sell: 1 } as const;
export const ORDER_FLAG = { postOnly: 1, reduceOnly: 2 } as const;

export const stateSchema = {
  machine: {
    rows: 1,
    asset: 'settlement',
    doc: 'One row: where the machine is.',
    columns: {
      version: { type: 'u32', doc: 'State version.' },
      height: { type: 'f64', doc: 'Height of the last block.' },
      timeMs: { type: 'f64', doc: 'Block time.' },
      chainHash: { type: 'u32', stride: 8, doc: 'Hash chain over commands and results.' },
      rootTimeMs: { type: 'f64', doc: 'Block time of the last root.' },
      accountCount: { type: 'i32', doc: 'Accounts opened; ids are 1 to this.' },
      assetCount: { type: 'i32', doc: 'Assets listed.' },
      underlyingCount: { type: 'i32', doc: 'Underlyings listed.' },
      instrumentCount: { type: 'i32', doc: 'Instruments listed.' },
      orderSequence: { type: 'f64', doc: 'Last order id; also time priority.' },
      withdrawalSequence: { type: 'f64', doc: 'Last withdrawal id.' },
      proposalSequence: { type: 'f64', doc: 'Last proposal id.' },
      depositSequences: {
        type: 'f64',
        stride: 16,
        doc: 'Last deposit sequence per chain (0 to 15).',
      },
      lossCount: { type: 'i32', doc: 'Accounts whose stage is losses.' },
      isCloseOnly: { type: 'u8', doc: '1 after a broken invariant, until the operator clears it.' },
      parameters: { type: 'f64', stride: 48, doc: 'Global parameters.' },
      fund: { type: 'i64', money: 'claim', doc: 'Shared fund (senior pool), settlement asset.' },
      fundPaid: {
        type: 'i64',
        stride: 24,
        doc: 'Paid out by the shared fund per hour of the last day.',
      },
      fundHourMs: { type: 'f64', doc: 'Start of the current hour bucket.' },
      screenClock: {
        type: 'f64',
        derived: true,
        doc: 'Cumulative bound of relative moves, for the screen.',
      },
      ordersHeader: { type: 'i32', stride: 3, derived: true, doc: 'Free rows of orders.' },
      levelsHeader: { type: 'i32', stride: 3, derived: true, doc: 'Free rows of levels.' },
      withdrawalsHeader: {
        type: 'i32',
        stride: 3,
        derived: true,
        doc: 'Free rows of withdrawals.',
      },
      proposalsHeader: { type: 'i32', stride: 3, derived: true, doc: 'Free rows of proposals.' },
      balancesFree: {
        type: 'i32',
        stride: 9,
        derived: true,
        doc: 'Free slabs per class; cell 7: first row never used; cell 8: rows accounted for.',
      },
      positionsFree: {
        type: 'i32',
        stride: 9,
        derived: true,
        doc: 'Free slabs per class; cell 7: first row never used; cell 8: rows accounted for.',
      },
      agentsFree: {
        type: 'i32',
        stride: 9,
        derived: true,
        doc: 'Free slabs per class; cell 7: first row never used; cell 8: rows accounted for.',
      },
    },
  },
  authorities: {
    rows: 16,
    doc: 'Keys with a role: admin, guardian, custodian.',
    columns: {
      role: { type: 'u8', doc: 'AUTHORITY_ROLE; 0: free.' },
      address: { type: 'u32', stride: 5, doc: 'The key, big-endian words.' },
      nonceHigh: { type: 'f64', doc: 'Highest nonce used.' },
      nonceBits: {
        type: 'u32',
        stride: 2,
        doc: 'Which of the 64 nonces up to nonceHigh are used.',
      },
    },
  },
  accounts: {
    rows: 'accountsMax',
    owner: 'row',
    doc: 'One row per account; row 0 is nobody.',
    columns: {
      owner: { type: 'u32', stride: 5, doc: 'Owner key, big-endian words.' },
      createdMs: { type: 'f64', doc: 'Block time of opening.' },
      nonceHigh: { type: 'f64', doc: "Highest nonce the owner's key used." },
      nonceBits: {
        type: 'u32',
        stride: 2,
        doc: 'Which of the 64 nonces up to nonceHigh are used.',
      },
      agentNonceHigh: { type: 'f64', doc: 'Highest nonce that a revoked agent used.' },
      quota: { type: 'f64', doc: 'Thousandths of an action left, at quotaMs.' },
      cancelQuota: { type: 'f64', doc: 'The same for cancels and reductions.' },
      quotaMs: { type: 'f64', doc: 'When the quota was last counted.' },
      ownRatePpm: { type: 'i32', doc: "The owner's own least initial margin rate." },
      orderCount: { type: 'i32', doc: 'Open orders.' },
      withdrawalCount: { type: 'i32', doc: 'Withdrawals that wait or are out.' },
      liquidationStage: { type: 'u8', doc: 'LIQUIDATION_STAGE.' },
      liquidationMs: { type: 'f64', doc: 'When the account entered liquidation; 0 outside.' },
      liquidationWait: {
        type: 'u8',
        doc: 'Why an account below maintenance waits, LIQUIDATION_WAIT; 0: it does not.',
      },
      balanceBase: { type: 'i32', derived: true, doc: 'First row of balances.' },
      balanceCount: { type: 'u8', derived: true, doc: 'Balances.' },
      balanceClass: { type: 'u8', derived: true, doc: 'Slab class + 1.' },
      positionBase: { type: 'i32', derived: true, doc: 'First row of positions.' },
      positionCount: { type: 'u8', derived: true, doc: 'Positions.' },
      positionClass: { type: 'u8', derived: true, doc: 'Slab class + 1.' },
      agentBase: { type: 'i32', derived: true, doc: 'First row of agents.' },
      agentCount: { type: 'u8', derived: true, doc: 'Agents.' },
      agentClass: { type: 'u8', derived: true, doc: 'Slab class + 1.' },
      armedAt: {
        type: 'f64',
        derived: true,
        doc: 'Healthy for sure while screenClock is below it.',
      },
      armedFloor: {
        type: 'f64',
        derived: true,
        doc: 'At row g: of the accounts from 64·g on, 64 of them, none is armed below this.',
      },
    },
  },
  balances: {
    rows: 'balanceRowsMax',
    owner: 'column',
    asset: 'column',
    doc: 'Slab rows of an account by asset.',
    columns: {
      account: { type: 'i32', doc: 'Account.' },
      asset: { type: 'i32', doc: 'Asset.' },
      amount: { type: 'i64', money: 'claim', doc: 'Free balance, never negative.' },
      supplyShares: { type: 'i64', doc: 'Shares of what the asset has lent.' },
      debtShares: { type: 'i64', doc: 'Shares of what the asset is owed.' },
      frozenMaintenance: {
        type: 'f64',
        doc: 'Maintenance share of the loan when liquidation began.',
      },
      next: { type: 'i32', derived: true, doc: 'Next free slab + 1.' },
    },
  },
  positions: {
    rows: 'positionRowsMax',
    owner: 'column',
    asset: 'settlement',
    doc: 'Slab rows of an account by instrument: a position, its locked gain and its open orders.',
    columns: {
      account: { type: 'i32', doc: 'Account.' },
      instrument: { type: 'i32', doc: 'Instrument.' },
      size: { type: 'i32', doc: 'Signed lots.' },
      bidLots: { type: 'i32', derived: true, doc: 'Lots of resting bids, reduce-only excluded.' },
      askLots: { type: 'i32', derived: true, doc: 'Lots of resting asks, reduce-only excluded.' },
      bidHigh: { type: 'i32', derived: true, doc: 'Highest limit of those bids; 0 without.' },
      askLow: { type: 'i32', derived: true, doc: 'Lowest limit of those asks; 0 without.' },
      bidValue: {
        type: 'f64',
        derived: true,
        doc: 'Σ lots × limit of those bids, price units × lots.',
      },
      askValue: { type: 'f64', derived: true, doc: 'Σ lots × limit of those asks.' },
      entry: { type: 'i64', money: 'backing', doc: 'Signed entry notional.' },
      fundingIndex: { type: 'i64', doc: 'Funding index at the last settlement.' },
      lockedGain: { type: 'i64', doc: 'L of F0 at lockedMs.' },
      lockedMs: {
        type: 'f64',
        doc: 'gainClockMs of the instrument when lockedGain was last counted.',
      },
      frozenMaintenance: { type: 'f64', doc: 'Maintenance share when liquidation began.' },
      ordersHead: { type: 'i32', derived: true, doc: 'First open order (row + 1), by id.' },
      ordersTail: { type: 'i32', derived: true, doc: 'Last open order (row + 1).' },
      next: { type: 'i32', derived: true, doc: 'Next free slab + 1.' },
    },
  },
  agents: {
    rows: 'agentRowsMax',
    owner: 'column',
    doc: 'Slab rows of an account by slot: agent keys.',
    columns: {
      account: { type: 'i32', doc: 'Account.' },
      slot: { type: 'i32', doc: 'Lowest free number at approval.' },
      address: { type: 'u32', stride: 5, doc: 'The key.' },
      scopes: { type: 'i32', doc: 'AGENT_SCOPES bits.' },
      expiresMs: { type: 'f64', doc: 'End of the approval.' },
      nonceHigh: { type: 'f64', doc: 'Highest nonce used; at approval the block time.' },
      nonceBits: {
        type: 'u32',
        stride: 2,
        doc: 'Which of the 64 nonces up to nonceHigh are used.',
      },
      next: { type: 'i32', derived: true, doc: 'Next free slab + 1.' },
    },
  },
  orders: {
    rows: 'ordersMax',
    owner: 'column',
    doc: 'Open orders. Placement is unobservable: order by (price, id).',
    columns: {
      account: { type: 'i32', doc: 'Account; 0 in a free row.' },
      instrument: { type: 'i32', doc: 'Instrument.' },
      id: { type: 'f64', doc: 'Order id, also time priority.' },
      clientId: { type: 'f64', doc: "The owner's own id; 0: none." },
      side: { type: 'u8', doc: 'SIDE.' },
      flags: { type: 'u8', doc: 'ORDER_FLAG bits.' },
      price: { type: 'i32', doc: 'Limit, price units.' },
      size: { type: 'i32', doc: 'Lots left.' },
      placedMs: { type: 'f64', doc: 'Block time of placing.' },
      level: { type: 'i32', derived: true, doc: 'Its level (row + 1).' },
      levelNext: { type: 'i32', derived: true, doc: 'Next at the level (row + 1).' },
      levelPrevious: { type: 'i32', derived: true, doc: 'Previous at the level (row + 1).' },
      accountNext: { type: 'i32', derived: true, doc: 'Next of the position (row + 1).' },
      accountPrevious: { type: 'i32', derived: true, doc: 'Previous of the position (row + 1).' },
      next: { type: 'i32', derived: true, doc: 'Next free row + 1.' },
    },
  },
  levels: {
    rows: 'levelsMax',
    doc: 'Price levels: a treap per book side, and a list in order of price.',
    columns: {
      instrument: { type: 'i32', derived: true, doc: 'Instrument.' },
      side: { type: 'u8', derived: true, doc: 'SIDE.' },
      price: { type: 'i32', derived: true, doc: 'Price units.' },
      lots: { type: 'f64', derived: true, doc: 'Σ lots of its orders.' },
      agedLots: { type: 'f64', derived: true, doc: 'Σ lots of its orders counted as aged.' },
      agedOrders: { type: 'i32', derived: true, doc: 'How many were counted: its oldest.' },
      agedId: { type: 'f64', derived: true, doc: 'The id up to which they were counted.' },
      agedMs: { type: 'f64', derived: true, doc: 'When the last one counted was placed.' },
      agedNext: { type: 'i32', derived: true, doc: 'Oldest order not counted yet (row + 1).' },
      agedNextMs: { type: 'f64', derived: true, doc: 'When that one was placed.' },
      head: { type: 'i32', derived: true, doc: 'Oldest order (row + 1).' },
      tail: { type: 'i32', derived: true, doc: 'Newest order (row + 1).' },
      left: { type: 'i32', derived: true, doc: 'Left child (row + 1).' },
      right: { type: 'i32', derived: true, doc: 'Right child (row + 1).' },
      better: { type: 'i32', derived: true, doc: 'Next better level (row + 1).' },
      worse: { type: 'i32', derived: true, doc: 'Next worse level (row + 1).' },
      next: { type: 'i32', derived: true, doc: 'Next free row + 1.' },
    },
  },
  assets: {
    rows: 'assetsMax',
    asset: 'row',
    doc: 'One row per asset; row 1 is the settlement asset, row 0 nobody.',
    columns: {
      name: { type: 'u32', stride: 4, doc: 'ASCII, big-endian words.' },
      decimals: { type: 'u8', doc: 'Decimals of one whole.' },
      underlying: { type: 'i32', doc: 'Whose index prices it; 0: worth 1 (settlement asset).' },
      valueNumerator: {
        type: 'f64',
        doc: 'Settlement units per asset unit and price unit, numerator.',
      },
      valueDenominator: { type: 'f64', doc: '… and denominator.' },
      listedMs: { type: 'f64', doc: 'Start of the ramp from weight 0.' },
      rampedMs: { type: 'f64', doc: 'End of the ramp: full weight from here on.' },
      parameters: { type: 'f64', stride: 48, doc: 'Asset parameters.' },
      custody: { type: 'i64', money: 'backing', doc: 'Held in vaults.' },
      inFlight: { type: 'i64', money: 'claim', doc: 'Left accounts, not yet out of custody.' },
      fees: { type: 'i64', money: 'claim', doc: 'Fee account.' },
      dust: { type: 'i64', money: 'claim', doc: 'Remainders of roundings.' },
      fundHeld: {
        type: 'i64',
        money: 'claim',
        doc: 'Collateral the shared fund bought (not the settlement asset).',
      },
      badDebt: {
        type: 'i64',
        money: 'backing',
        doc: 'Losses of its lending market nobody could pay.',
      },
      borrowTotal: { type: 'i64', money: 'backing', doc: 'Owed by all accounts.' },
      borrowShares: { type: 'i64', doc: 'Σ debtShares.' },
      supplyTotal: { type: 'i64', money: 'claim', doc: 'Owed to all suppliers.' },
      supplyShares: { type: 'i64', doc: 'Σ supplyShares.' },
      accruedMs: { type: 'f64', doc: 'Interest is accrued up to here.' },
      interestPrepaid: { type: 'i64', doc: 'Charged ahead by rounding up, in parts of a unit.' },
      balanceTotal: {
        type: 'i64',
        doc: 'Σ amount + supplied, for deposit scaling; kept at price phase.',
      },
      outflowLevel: { type: 'i64', doc: 'F15 bucket.' },
      outflowCarry: { type: 'f64', doc: 'F15 carry.' },
      outflowMs: { type: 'f64', doc: 'F15: refilled up to here.' },
      outflowLane: { type: 'i64', doc: 'Level of the lane for small requests.' },
      outflowLaneCarry: { type: 'f64', doc: 'Refill of the lane not yet a unit, in fifths.' },
      outflowReleased: { type: 'i64', doc: 'The part of inFlight released and not yet settled.' },
      outflowSharePpm: { type: 'f64', doc: "The guardian's limit; 0: none." },
      outflowShareMs: { type: 'f64', doc: 'Until when.' },
      custodyLows: { type: 'i64', stride: 24, doc: 'Least custody per hour of the last day.' },
      custodyHourMs: { type: 'f64', doc: 'Start of the current hour bucket.' },
      withdrawalHead: {
        type: 'i32',
        derived: true,
        doc: 'First waiting withdrawal (row + 1), by id.',
      },
      withdrawalTail: { type: 'i32', derived: true, doc: 'Last waiting withdrawal (row + 1).' },
      deficitMs: {
        type: 'f64',
        doc: 'Since when its lending market has an open deficit; 0: none.',
      },
      priceHigh: {
        type: 'f64',
        doc: 'Frozen: higher of index and slow, settlement units per asset unit.',
      },
      priceLow: {
        type: 'f64',
        doc: 'Frozen: lower of index and slow, settlement units per asset unit.',
      },
      priceIndex: { type: 'f64', doc: 'Frozen: at index.' },
      priceFloor: { type: 'f64', doc: 'Frozen: at the low end of the plausible range.' },
      priceCeiling: { type: 'f64', doc: 'Frozen: at the high end of the plausible range.' },
      debtPerShare: { type: 'f64', doc: 'Frozen: what a debt share owes, asset units.' },
      supplyPerShare: { type: 'f64', doc: 'Frozen: what a supply share is worth, asset units.' },
      screenPrice: { type: 'f64', derived: true, doc: 'priceIndex when the screen last read it.' },
      screenDebt: { type: 'f64', derived: true, doc: 'debtPerShare then.' },
      screenSupply: { type: 'f64', derived: true, doc: 'supplyPerShare then.' },
    },
  },
  underlyings: {
    rows: 'underlyingsMax',
    doc: 'One row per underlying; row 0 nobody. Prices in price units.',
    columns: {
      name: { type: 'u32', stride: 4, doc: 'ASCII, big-endian words.' },
      parameters: { type: 'f64', stride: 48, doc: 'Underlying parameters.' },
      index: { type: 'f64', doc: 'Last accepted index; 0: never.' },
      confidence: { type: 'f64', doc: 'Its confidence.' },
      status: { type: 'u8', doc: 'INDEX_STATUS.' },
      acceptedMs: { type: 'f64', doc: 'Block time of the last accepted index.' },
      pendingPrice: { type: 'f64', doc: 'F6: the pending aggregate; 0: none.' },
      pendingReference: { type: 'f64', doc: 'F6: ref.' },
      pendingCounter: { type: 'u8', doc: 'F6: counter.' },
      pendingSinceMs: { type: 'f64', doc: 'F6: observation times after this are newer.' },
      plausibleLow: { type: 'f64', doc: 'Frozen: low end of the plausible range.' },
      plausibleHigh: { type: 'f64', doc: 'Frozen: high end.' },
      slowPrice: { type: 'f64', doc: 'Slow price, a double.' },
      slowMs: { type: 'f64', doc: 'It stands at this time.' },
      gridMs: { type: 'f64', doc: 'F5: time of the last grid step.' },
      gridIndex: { type: 'f64', doc: 'F5: index of the last grid step.' },
      varianceFast: { type: 'f64', doc: 'F5: σ² fast.' },
      varianceSlow: { type: 'f64', doc: 'F5: σ² slow.' },
      rate: { type: 'f64', doc: 'F5: margin rate, a fraction.' },
      target: { type: 'f64', doc: 'F5: target, a fraction.' },
      rateRing: { type: 'f64', stride: 16, doc: 'Published rates of the last grid steps.' },
      rateSlot: { type: 'u8', doc: 'Newest slot of the ring.' },
      maintenanceRate: { type: 'f64', doc: 'Frozen: published rate of 1 h ago.' },
      notOkSinceMs: { type: 'f64', doc: 'Since when the index is not ok; 0: ok.' },
      disputedMs: { type: 'f64', doc: 'A guard disagrees until then; 0: none.' },
      graceUntilMs: { type: 'f64', doc: 'No liquidation until then, but for equity < 0.' },
      graceStartedMs: { type: 'f64', doc: 'Last time a grace began.' },
      okMs: { type: 'f64', doc: 'Cumulative time the index was ok.' },
      isObserved: {
        type: 'u8',
        derived: true,
        doc: '1 from an observation to the price phase of its block; 0 outside.',
      },
    },
  },
  sources: {
    rows: 'sourceRowsMax',
    doc: 'underlying × SOURCES_PER_UNDERLYING + source: publishers and their last observation.',
    columns: {
      publisher: { type: 'u32', stride: 5, doc: 'Key.' },
      weight: { type: 'i32', doc: '0: no source.' },
      activeMs: {
        type: 'f64',
        doc: 'From then on the key counts: a new key of a live index waits.',
      },
      price: { type: 'f64', doc: 'Last price; 0: none.' },
      confidence: { type: 'f64', doc: 'Last confidence.' },
      timeMs: { type: 'f64', doc: 'Time of the last observation.' },
    },
  },
  instruments: {
    rows: 'instrumentsMax',
    asset: 'settlement',
    doc: 'One row per instrument; row 0 nobody.',
    columns: {
      name: { type: 'u32', stride: 4, doc: 'ASCII, big-endian words.' },
      underlying: { type: 'i32', doc: 'Underlying.' },
      multiplier: { type: 'f64', doc: 'v: settlement units per lot and price unit.' },
      tickSize: { type: 'i32', doc: 'Prices of orders are multiples of it.' },
      state: { type: 'u8', doc: 'MARKET_STATE.' },
      opensMs: { type: 'f64', doc: 'A proposed market opens then.' },
      haltedUntilMs: { type: 'f64', doc: "Guardian's halt; 0: none." },
      tierCount: { type: 'u8', doc: 'Tiers.' },
      tierLow: { type: 'f64', stride: 8, doc: 'lo_n, settlement units.' },
      tierInitial: { type: 'f64', stride: 8, doc: 'im_n, ppm.' },
      tierMaintenance: { type: 'f64', stride: 8, doc: 'mm_n, ppm.' },
      tierInitialDeduction: {
        type: 'f64',
        stride: 8,
        doc: 'ded_n of the initial rates, settlement units.',
      },
      tierMaintenanceDeduction: { type: 'f64', stride: 8, doc: 'ded_n of the maintenance rates.' },
      parameters: { type: 'f64', stride: 48, doc: 'Instrument parameters.' },
      markPrice: { type: 'f64', doc: 'Frozen: p, price units; 0: none yet.' },
      indexMark: { type: 'f64', doc: 'Frozen: I + slow basis, the second price of F7.' },
      longPrice: { type: 'f64', doc: 'Frozen: min(p, slow + basis), gains of longs for new risk.' },
      shortPrice: {
        type: 'f64',
        doc: 'Frozen: max(p, slow + basis), gains of shorts for new risk.',
      },
      initialRate: { type: 'f64', doc: 'Frozen: volRate of F1 = max(rate, target).' },
      maintenanceRate: { type: 'f64', doc: 'Frozen: φ_v × volRateMM.' },
      basis: { type: 'f64', doc: 'Bs of F7.' },
      basisSlow: { type: 'f64', doc: 'Bs over 1 h.' },
      markMs: { type: 'f64', doc: 'The basis stands at this time.' },
      impactBid: { type: 'f64', doc: 'At the end of the last block; 0: none.' },
      impactAsk: { type: 'f64', doc: 'At the end of the last block; 0: none.' },
      bookMid: { type: 'f64', doc: 'Mean of best aged bid and ask at the end of the last block.' },
      depthBid: { type: 'f64', doc: 'Aged time-weighted depth of bids, settlement units.' },
      depthAsk: { type: 'f64', doc: 'Aged time-weighted depth of asks.' },
      depthMs: { type: 'f64', doc: 'The depths stand at this time.' },
      openInterest: { type: 'f64', doc: 'One-sided lots, now.' },
      openInterestFrozen: { type: 'f64', doc: 'One-sided lots at the price phase.' },
      fundingIndex: { type: 'i64', doc: 'Cumulative, settlement units per lot-multiplier × 2^32.' },
      fundingRateNano: { type: 'f64', doc: 'rate_h in force.' },
      fundingHeld: {
        type: 'i64',
        money: 'claim',
        doc: 'Funding collected less paid out; with all positions settled it is the dust, ≥ 0.',
      },
      gainClockMs: {
        type: 'f64',
        doc: 'Cumulative time the index was ok and no deficit open: locked gains decay by it.',
      },
      fundingMs: { type: 'f64', doc: 'The index stands at this time.' },
      fundingOkMs: { type: 'f64', doc: 'okMs of the underlying at fundingMs.' },
      premiumSum: { type: 'f64', doc: 'Σ premium samples, nano.' },
      premiumCount: { type: 'i32', doc: 'Samples.' },
      premiumMs: { type: 'f64', doc: 'Next sample is due.' },
      fundingStartMs: { type: 'f64', doc: 'Start of the interval.' },
      realizedTotal: { type: 'i64', doc: 'Σ realized; equals Σ entry (I2).' },
      pool: { type: 'i64', money: 'claim', doc: 'Market pool (junior), settlement asset.' },
      badDebt: { type: 'i64', money: 'backing', doc: 'Losses nobody could pay.' },
      poolPaid: { type: 'i64', stride: 24, doc: 'Paid by the pool per hour of the last day.' },
      fundPaid: {
        type: 'i64',
        stride: 24,
        doc: 'Drawn from the shared fund per hour of the last day.',
      },
      paidHourMs: { type: 'f64', doc: 'Start of the current hour bucket.' },
      deficitMs: { type: 'f64', doc: 'Since when the market has an open deficit; 0: none.' },
      bestBid: { type: 'i32', derived: true, doc: 'Best bid level (row + 1).' },
      bestAsk: { type: 'i32', derived: true, doc: 'Best ask level (row + 1).' },
      bidRoot: { type: 'i32', derived: true, doc: 'Treap of bid levels (row + 1).' },
      askRoot: { type: 'i32', derived: true, doc: 'Treap of ask levels (row + 1).' },
      screenMark: { type: 'f64', derived: true, doc: 'markPrice when the screen last read it.' },
      screenRate: { type: 'f64', derived: true, doc: 'maintenanceRate then.' },
      screenFunding: { type: 'i64', derived: true, doc: 'fundingIndex then.' },
    },
  },
  withdrawals: {
    rows: 'withdrawalsMax',
    doc: 'Requests that wait for outflow, or were released and wait to be settled.',
    columns: {
      id: { type: 'f64', doc: 'Withdrawal id.' },
      account: {
        type: 'i32',
        doc: 'Who asked; 0 in a free row. Not an owner column: health does not read it.',
      },
      asset: { type: 'i32', doc: 'Asset.' },
      chain: { type: 'i32', doc: 'Chain.' },
      destination: { type: 'u32', stride: 5, doc: 'Where to.' },
      waiting: { type: 'i64', doc: 'Not yet released.' },
      released: { type: 'i64', doc: 'Released, not yet settled.' },
      isSmall: { type: 'u8', doc: 'May use the lane for small requests.' },
      following: { type: 'i32', derived: true, doc: 'Next waiting of the asset (row + 1).' },
      next: { type: 'i32', derived: true, doc: 'Next free row + 1.' },
    },
  },
  withdrawalSlots: {
    rows: 'withdrawalSlotsMax',
    doc: 'Hash index of withdrawals by id.',
    columns: { slot: { type: 'i32', derived: true, doc: 'Row + 1.' } },
  },
  orderSlots: {
    rows: 'orderSlotsMax',
    doc: 'Hash indexes of orders.',
    columns: {
      byId: { type: 'i32', derived: true, doc: 'By order id: row + 1.' },
      byClientId: { type: 'i32', derived: true, doc: 'By (account, client id): row + 1.' },
    },
  },
  proposals: {
    rows: 'proposalsMax',
    doc: 'Changes that wait for their notice.',
    columns: {
      id: { type: 'f64', doc: 'Proposal id; 0 in a free row.' },
      kind: { type: 'u8', doc: '0: parameter, 1: market opens.' },
      scope: {
        type: 'u8',
        doc: 'Scope of the parameter: 0 global, 1 asset, 2 underlying, 3 instrument.',
      },
      target: { type: 'i32', doc: 'Row of the target.' },
      parameter: { type: 'i32', doc: 'Parameter id.' },
      value: { type: 'f64', doc: 'New value.' },
      readyMs: { type: 'f64', doc: 'When it takes effect.' },
      next: { type: 'i32', derived: true, doc: 'Next free row + 1.' },
    },
  },
} as const;

type Checked<T extends { readonly [table: string]: TableSchema }> = T;
export type StateSchema = Checked<typeof stateSchema>;
export type TableName = keyof StateSchema;
