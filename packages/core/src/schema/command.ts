import type { Address, FieldsSchema, RecordOf } from './fields.ts';

/** Who may send an action. 'agent': the owner, or an agent that holds the action's scope. */
export type Authority = 'owner' | 'agent' | 'custodian' | 'admin' | 'guardian';

/** The order of commands inside a block; a command goes with the latest lane of its actions. */
export type Lane = 'custody' | 'governance' | 'reduce' | 'postOnly' | 'rest';

/** What an agent may be allowed to do; the bits of `approveAgent.scopes`. */
export const AGENT_SCOPES = { trade: 1, cancel: 2, lend: 4, transfer: 8, profile: 16 } as const;
export type AgentScope = keyof typeof AGENT_SCOPES;

export interface CommandSchema {
  /** The kind's byte in the canonical encoding; never reused. */
  readonly id: number;
  readonly authority: Authority;
  readonly lane: Lane;
  /** The scope an agent needs; absent when no agent may send it. */
  readonly scope?: AgentScope;
  readonly doc: string;
  readonly fields: FieldsSchema;
}

/**
 * The one table of commands. It drives canonical bytes, EIP-712 types, JSON Schema, readable text
 * and generators. Ids of accounts, assets, underlyings and instruments start at 1; 0 means none.
 */
export const commandSchema = {
  deposit: {
    id: 1,
    authority: 'custodian',
    lane: 'custody',
    doc: 'Credits collateral that arrived in custody; account 0 opens a new account for the owner.',
    fields: {
      chain: 'u32',
      sequence: 'u53',
      owner: 'address',
      account: 'u32',
      asset: 'u32',
      amount: 'amount',
    },
  },
  withdraw: {
    id: 2,
    authority: 'owner',
    lane: 'rest',
    doc: 'Requests a withdrawal; the amount leaves the account now and is paid out in order.',
    fields: { asset: 'u32', amount: 'amount', chain: 'u32', destination: 'address' },
  },
  settleWithdrawal: {
    id: 3,
    authority: 'custodian',
    lane: 'custody',
    doc: 'Reports that a released withdrawal was paid out, or returned and is to be credited again.',
    fields: { withdrawal: 'u53', outcome: { enum: ['paid', 'returned'] } },
  },
  transfer: {
    id: 4,
    authority: 'agent',
    scope: 'transfer',
    lane: 'rest',
    doc: 'Moves an asset to another account, under the withdrawal test.',
    fields: { to: 'u32', asset: 'u32', amount: 'amount' },
  },
  supply: {
    id: 5,
    authority: 'agent',
    scope: 'lend',
    lane: 'rest',
    doc: 'Lends an asset out: it earns interest and bears the losses of its lending market.',
    fields: { asset: 'u32', amount: 'amount' },
  },
  redeem: {
    id: 6,
    authority: 'agent',
    scope: 'lend',
    lane: 'rest',
    doc: 'Takes a lent amount back; amount 0 takes all.',
    fields: { asset: 'u32', amount: 'amount' },
  },
  borrow: {
    id: 7,
    authority: 'agent',
    scope: 'lend',
    lane: 'rest',
    doc: 'Borrows an asset against the account.',
    fields: { asset: 'u32', amount: 'amount' },
  },
  repay: {
    id: 8,
    authority: 'agent',
    scope: 'cancel',
    lane: 'reduce',
    doc: 'Repays a loan; amount 0 repays all that the balance can.',
    fields: { asset: 'u32', amount: 'amount' },
  },
  approveAgent: {
    id: 9,
    authority: 'owner',
    lane: 'rest',
    doc: 'Lets another key act for the account within scopes until it expires.',
    fields: { agent: 'address', scopes: 'u32', expiresMs: 'u53' },
  },
  revokeAgent: {
    id: 10,
    authority: 'owner',
    lane: 'reduce',
    doc: 'Withdraws an agent key.',
    fields: { agent: 'address' },
  },
  setOwnRate: {
    id: 11,
    authority: 'agent',
    scope: 'profile',
    lane: 'rest',
    doc: "Sets the account's own least initial margin rate; 0 leaves it to the instruments.",
    fields: { ratePpm: 'u32' },
  },
  placeOrder: {
    id: 12,
    authority: 'agent',
    scope: 'trade',
    lane: 'rest',
    doc: 'Places a limit or market order. A market order has price 0 and is bounded by the fill band.',
    fields: {
      instrument: 'u32',
      side: { enum: ['buy', 'sell'] },
      size: 'u32',
      price: 'u32',
      timeInForce: { enum: ['goodTillCancelled', 'immediateOrCancel'] },
      isPostOnly: 'bool',
      isReduceOnly: 'bool',
      selfTrade: { enum: ['cancelResting', 'cancelIncoming', 'cancelBoth'] },
      clientId: 'u53',
    },
  },
  cancelOrder: {
    id: 13,
    authority: 'agent',
    scope: 'cancel',
    lane: 'reduce',
    doc: 'Cancels one order by its id, or by client id when the order id is 0.',
    fields: { order: 'u53', clientId: 'u53' },
  },
  cancelAll: {
    id: 14,
    authority: 'agent',
    scope: 'cancel',
    lane: 'reduce',
    doc: 'Cancels all open orders of the account in an instrument, or in all when it is 0.',
    fields: { instrument: 'u32' },
  },
  fundPool: {
    id: 15,
    authority: 'owner',
    lane: 'rest',
    doc: "Gives settlement asset to an instrument's pool, or to the shared fund when it is 0.",
    fields: { instrument: 'u32', amount: 'amount' },
  },
  listAsset: {
    id: 16,
    authority: 'admin',
    lane: 'governance',
    doc: 'Lists a collateral asset; one unit is worth index price × valueNumerator / valueDenominator.',
    fields: {
      name: 'text',
      decimals: 'u8',
      underlying: 'u32',
      valueNumerator: 'u53',
      valueDenominator: 'u53',
      parameters: { list: { parameter: 'u32', value: 'i64' }, max: 64 },
    },
  },
  listUnderlying: {
    id: 17,
    authority: 'admin',
    lane: 'governance',
    doc: 'Lists an underlying, whose index the publishers feed.',
    fields: {
      name: 'text',
      parameters: { list: { parameter: 'u32', value: 'i64' }, max: 64 },
    },
  },
  listInstrument: {
    id: 18,
    authority: 'admin',
    lane: 'governance',
    doc: 'Lists a linear perpetual; multiplier is settlement units per lot and price unit.',
    fields: {
      name: 'text',
      underlying: 'u32',
      multiplier: 'u53',
      tickSize: 'u32',
      tiers: { list: { lowerBound: 'u53', initialPpm: 'u32', maintenancePpm: 'u32' }, max: 8 },
      parameters: { list: { parameter: 'u32', value: 'i64' }, max: 96 },
    },
  },
  setPublisher: {
    id: 19,
    authority: 'admin',
    lane: 'governance',
    doc: 'Sets the key and weight of one source of an underlying; weight 0 removes it.',
    fields: { underlying: 'u32', source: 'u8', publisher: 'address', weight: 'u32' },
  },
  setParameter: {
    id: 20,
    authority: 'admin',
    lane: 'governance',
    doc: 'Changes a parameter: at once in its safe direction, otherwise after its notice.',
    fields: {
      scope: { enum: ['global', 'asset', 'underlying', 'instrument'] },
      target: 'u32',
      parameter: 'u32',
      value: 'i64',
    },
  },
  cancelProposal: {
    id: 21,
    authority: 'guardian',
    lane: 'governance',
    doc: 'Cancels a pending change.',
    fields: { proposal: 'u53' },
  },
  setMarketState: {
    id: 22,
    authority: 'admin',
    lane: 'governance',
    doc: 'Opens an instrument (after notice) or makes it reduce-only (at once).',
    fields: { instrument: 'u32', state: { enum: ['open', 'reduceOnly'] } },
  },
  haltMarket: {
    id: 23,
    authority: 'guardian',
    lane: 'governance',
    doc: 'Halts an instrument for at most 72 h: orders may only be cancelled or reduce.',
    fields: { instrument: 'u32', untilMs: 'u53' },
  },
  limitOutflow: {
    id: 24,
    authority: 'guardian',
    lane: 'governance',
    doc: 'Lowers the outflow limit of an asset, to no less than a tenth, for at most 72 h.',
    fields: { asset: 'u32', sharePpm: 'u32', untilMs: 'u53' },
  },
  disputeIndex: {
    id: 25,
    authority: 'guardian',
    lane: 'governance',
    doc: 'An outside guard disagrees with an index: degraded for at most 10 min with a full quorum.',
    fields: { underlying: 'u32' },
  },
  resumeMachine: {
    id: 26,
    authority: 'admin',
    lane: 'governance',
    doc: 'Ends close-only mode after a broken invariant was looked into.',
    fields: {},
  },
} as const;

type Checked<T extends { readonly [kind: string]: CommandSchema }> = T;
export type CommandKind = keyof Checked<typeof commandSchema>;

/** One action with its kind, as TypeScript sees it. */
export type ActionOf<K extends CommandKind> = { readonly kind: K } & RecordOf<
  (typeof commandSchema)[K]['fields']
>;
export type Action = { [K in CommandKind]: ActionOf<K> }[CommandKind];

/** What a command says beside its actions, in the order of its bytes. */
export const envelopeSchema = { account: 'u32', nonce: 'u53', expiresMs: 'u53' } as const;

/** A command whose signature has been opened: the signer is a fact. Account 0 for authorities. */
export interface OpenedCommand {
  readonly signer: Address;
  readonly account: number;
  readonly nonce: number;
  /** Refused when block time is at or after it. */
  readonly expiresMs: number;
  /** 1 to 32 actions, each under the gate. */
  readonly actions: readonly Action[];
}

/** A price of one source, opened. Price and confidence in price units of the underlying. */
export const observationSchema = {
  underlying: 'u32',
  source: 'u8',
  publisher: 'address',
  price: 'i64',
  confidence: 'i64',
  timeMs: 'u53',
} as const;
export type Observation = RecordOf<typeof observationSchema>;

/** An observation before it is signed: its publisher is who signs. */
export type UnsignedObservation = Omit<Observation, 'publisher'>;

/** What a block says beside its observations and commands, in the order of its bytes. */
export const blockHeaderSchema = { height: 'u53', timeMs: 'u53', version: 'u32' } as const;

/** What comes into the machine, all of it. */
export interface Block extends RecordOf<typeof blockHeaderSchema> {
  readonly observations: readonly Observation[];
  readonly commands: readonly OpenedCommand[];
}

/** What became of a command: the envelope's code, and one code per action if that is 0. */
export interface CommandResult {
  readonly code: number;
  readonly actions: readonly number[];
}
