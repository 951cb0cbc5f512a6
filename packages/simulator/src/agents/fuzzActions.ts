import {
  type Action,
  type ActionOf,
  AGENT_SCOPES,
  type CommandKind,
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  type ParameterScope,
  parameterSchema,
  TIERS_MAX,
} from '@plimsoll/core/schema';
import { publisherKey, type World } from '../seeds/world.ts';
import type { FuzzValues } from './fuzzValues.ts';
import { order, priceAt } from './market.ts';

/** What a random action is made from. */
export interface FuzzSource {
  readonly world: World;
  readonly values: FuzzValues;
  /** The account that sends it; 0 for an authority. */
  readonly account: number;
}

const DAY_MS = 86_400_000;
const HALT_MS = 120_000;

type Maker<K extends CommandKind> = (source: FuzzSource) => ActionOf<K>;

/** A maker for every kind of command: a kind without one does not compile. */
const makers: { readonly [K in CommandKind]: Maker<K> } = {
  deposit: fuzzDeposit,
  withdraw: ({ values, account }) => {
    const asset = values.asset();
    const amount = values.amount(values.held(account, asset));
    const chain = values.u32(values.random.integer(0, 2));
    return { kind: 'withdraw', asset, amount, chain, destination: values.address() };
  },
  settleWithdrawal: ({ values }) => ({
    kind: 'settleWithdrawal',
    withdrawal: values.u53(
      Math.max(0, values.state.machine.withdrawalSequence.get(0) - values.random.integer(0, 30)),
    ),
    outcome: values.random.chance(0.85) ? 'paid' : 'returned',
  }),
  transfer: ({ values, account }) => {
    const asset = values.asset();
    const to = values.random.chance(0.02) ? account : values.account();
    return { kind: 'transfer', to, asset, amount: values.amount(values.held(account, asset)) };
  },
  supply: (source) => ({ kind: 'supply', ...holding(source) }),
  redeem: (source) => ({ kind: 'redeem', ...holding(source) }),
  borrow: (source) => ({ kind: 'borrow', ...holding(source) }),
  repay: (source) => ({ kind: 'repay', ...holding(source) }),
  approveAgent: ({ world, values, account }) => ({
    kind: 'approveAgent',
    agent:
      values.random.chance(0.04) && values.isKnown(account)
        ? world.ownerOf(account)
        : values.address(),
    scopes: values.u32(values.random.integer(1, allScopes())),
    expiresMs: values.time(values.random.chance(0.5) ? 30_000 : DAY_MS),
  }),
  revokeAgent: ({ values }) => ({ kind: 'revokeAgent', agent: values.address() }),
  setOwnRate: ({ values }) => ({
    kind: 'setOwnRate',
    ratePpm: values.u32(values.random.chance(0.6) ? 0 : values.random.integer(0, 300_000)),
  }),
  placeOrder: fuzzOrder,
  cancelOrder: ({ values }) => {
    const newest = values.state.machine.orderSequence.get(0);
    const isByClient = values.random.chance(0.2);
    return {
      kind: 'cancelOrder',
      order: isByClient ? 0 : values.u53(Math.max(0, newest - values.random.integer(0, 60))),
      clientId: isByClient ? values.random.integer(0, 40) : 0,
    };
  },
  cancelAll: ({ values }) => ({
    kind: 'cancelAll',
    instrument: values.random.chance(0.3) ? 0 : values.instrument(),
  }),
  fundPool: ({ values, account }) => ({
    kind: 'fundPool',
    instrument: values.random.chance(0.3) ? 0 : values.instrument(),
    amount: values.amount(values.held(account, 1) / 100n),
  }),
  listAsset: ({ values }) => ({
    kind: 'listAsset',
    name: values.name('A'),
    decimals: values.isHostile() ? 19 : values.random.integer(0, 18),
    underlying: values.underlying(),
    valueNumerator: values.u53(values.random.integer(1, 1000)),
    valueDenominator: values.u53(values.random.integer(1, 1000)),
    parameters: settings(values, 'asset'),
  }),
  listUnderlying: ({ values }) => ({
    kind: 'listUnderlying',
    name: values.name('U'),
    parameters: settings(values, 'underlying'),
  }),
  listInstrument: fuzzListing,
  setPublisher: ({ values }) => {
    const underlying = values.underlying();
    const source = values.isHostile()
      ? values.random.pick([16, 17, 255])
      : values.random.integer(0, 5);
    const weight = values.u32(values.random.pick([0, 1, 1, 2, 3]));
    return {
      kind: 'setPublisher',
      underlying,
      source,
      publisher: publisherKey(underlying, source),
      weight,
    };
  },
  setParameter: fuzzParameter,
  cancelProposal: ({ values }) => ({
    kind: 'cancelProposal',
    proposal: values.u53(
      Math.max(0, values.state.machine.proposalSequence.get(0) - values.random.integer(0, 6)),
    ),
  }),
  setMarketState: ({ values }) => ({
    kind: 'setMarketState',
    instrument: values.instrument(),
    state: values.random.chance(0.15) ? 'reduceOnly' : 'open',
  }),
  haltMarket: ({ values }) => ({
    kind: 'haltMarket',
    instrument: values.instrument(),
    untilMs: values.random.chance(0.3) ? 0 : values.time(HALT_MS),
  }),
  limitOutflow: ({ values }) => ({
    kind: 'limitOutflow',
    asset: values.asset(),
    sharePpm: values.u32(values.random.integer(90_000, 1_000_000)),
    untilMs: values.time(HALT_MS),
  }),
  disputeIndex: ({ values }) => ({ kind: 'disputeIndex', underlying: values.underlying() }),
  resumeMachine: () => ({ kind: 'resumeMachine' }),
};

/** A random action of a kind. */
export function fuzzAction(kind: CommandKind, source: FuzzSource): Action {
  return makers[kind](source);
}

function allScopes(): number {
  return Object.values(AGENT_SCOPES).reduce((all, bit) => all | bit, 0);
}

function holding(source: FuzzSource): { asset: number; amount: bigint } {
  const { values, account } = source;
  const asset = values.asset();
  const amount = values.amount(values.held(account, asset));
  return { asset, amount: values.random.chance(0.1) ? 0n : amount };
}

function fuzzDeposit({ world, values }: FuzzSource): ActionOf<'deposit'> {
  const { random, state } = values;
  const account = random.chance(0.15) ? 0 : values.account();
  const isKnown = values.isKnown(account) && !random.chance(0.04);
  const owner = isKnown ? world.ownerOf(account) : values.address();
  const asset = values.asset();
  const custody = asset <= state.machine.assetCount.get(0) ? state.assets.custody.get(asset) : 1n;
  const amount = values.amount(custody / 200n);
  const deposit = world.deposit({ owner, account, asset, amount, chain: random.integer(0, 2) });
  const action = deposit as ActionOf<'deposit'>;
  if (!values.isHostile()) return action;
  return random.chance(0.3)
    ? { ...action, chain: 16 }
    : { ...action, sequence: random.integer(0, action.sequence) };
}

function fuzzOrder({ values }: FuzzSource): ActionOf<'placeOrder'> {
  const { random, state } = values;
  const instrument = values.instrument();
  const side = random.chance(0.5) ? 'buy' : 'sell';
  const isListed = instrument >= 1 && instrument <= state.machine.instrumentCount.get(0);
  const away = random.normal() * 0.01;
  const lawful = isListed ? priceAt(state, instrument, away) : 1;
  const isMarket = random.chance(0.15);
  return order({
    instrument,
    side,
    size: values.u32(random.chance(0.7) ? random.integer(1, 200) : random.integer(1, 20_000)),
    price: isMarket ? 0 : values.u32(random.chance(0.02) ? lawful + 1 : lawful),
    timeInForce: isMarket || random.chance(0.2) ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: random.chance(0.2),
    isReduceOnly: random.chance(0.2),
    selfTrade: random.pick(['cancelResting', 'cancelIncoming', 'cancelBoth'] as const),
    clientId: random.chance(0.3) ? random.integer(1, 40) : 0,
  });
}

function fuzzListing({ values }: FuzzSource): ActionOf<'listInstrument'> {
  const { random } = values;
  const initialPpm = random.integer(20_000, 200_000);
  const tiers = [{ lowerBound: 0, initialPpm, maintenancePpm: Math.floor(initialPpm / 2) }];
  const count = random.chance(0.2) ? random.integer(0, TIERS_MAX) : 0;
  for (let n = 1; n <= count && n < TIERS_MAX; n++) {
    tiers.push({
      lowerBound: n * 1_000_000_000,
      initialPpm: Math.min(1_000_000, initialPpm * (n + 1)),
      maintenancePpm: Math.min(1_000_000, Math.floor((initialPpm * (n + 1)) / 2)),
    });
  }
  return {
    kind: 'listInstrument',
    name: values.name('I'),
    underlying: values.underlying(),
    multiplier: values.u53(random.integer(1, 1000)),
    tickSize: values.u32(random.integer(1, 5)),
    tiers: values.isHostile() ? [] : tiers,
    parameters: settings(values, 'instrument'),
  };
}

/** What no rule reads is not drawn: worlds of old seeds stay as they were. */
function drawnParameters(scope: ParameterScope): ParameterSchema[] {
  const entries = Object.entries(parameterSchema[scope]);
  return entries.filter(([name]) => name !== 'priceDecimals').map(([, parameter]) => parameter);
}

function settings(
  values: FuzzValues,
  scope: ParameterScope,
): { parameter: number; value: bigint }[] {
  const table = drawnParameters(scope);
  const count = values.random.integer(0, 2);
  return Array.from({ length: count }, () => {
    const parameter = values.random.pick(table);
    return {
      parameter: values.isHostile() ? 47 : parameter.id,
      value: BigInt(valueFor(values, parameter, parameter.initial)),
    };
  });
}

function fuzzParameter({ values }: FuzzSource): ActionOf<'setParameter'> {
  const { random, state } = values;
  const scope = random.pick(['global', 'asset', 'underlying', 'instrument'] as const);
  const parameter = random.pick(drawnParameters(scope));
  const target = targetOf(values, scope);
  const column = columnOf(state, scope);
  const isThere = target < column.rows;
  const cell = target * PARAMETERS_PER_ROW + parameter.id;
  const present = isThere ? column.get(cell) : parameter.initial;
  return {
    kind: 'setParameter',
    scope,
    target,
    parameter: values.isHostile() ? 47 : parameter.id,
    value: BigInt(valueFor(values, parameter, present)),
  };
}

function targetOf(values: FuzzValues, scope: ParameterScope): number {
  switch (scope) {
    case 'global':
      return values.isHostile() ? 1 : 0;
    case 'asset':
      return values.asset();
    case 'underlying':
      return values.underlying();
    case 'instrument':
      return values.instrument();
  }
}

function columnOf(
  state: FuzzValues['state'],
  scope: ParameterScope,
): { get(cell: number): number; readonly rows: number } {
  if (scope === 'global') return state.machine.parameters;
  if (scope === 'asset') return state.assets.parameters;
  return scope === 'underlying' ? state.underlyings.parameters : state.instruments.parameters;
}

/** Near the present value, far from it, or outside the range. */
function valueFor(values: FuzzValues, parameter: ParameterSchema, present: number): number {
  const { random } = values;
  const { min, max } = parameter;
  const dice = random.uniform();
  if (dice < 0.06) return random.pick([min - 1, max + 1, min, max]);
  const wild = dice < 0.15 ? random.between(0.01, 30) : random.between(0.7, 1.4);
  const from = present === 0 && dice > 0.6 ? parameter.initial : present;
  return Math.max(min, Math.min(max, Math.floor(from * wild)));
}
