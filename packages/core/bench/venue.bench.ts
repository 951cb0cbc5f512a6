// Time of an order command by itself, handler and gate: 50 % orders that rest, 15 % that cross, 35
// % cancels over 100 books. No envelope, no checks, no root: those are in applyBlock.bench.ts.
import { openAccount } from '@plimsoll/core/accounts';
import { initParameters } from '@plimsoll/core/governance';
import { freezeShareValues, gate } from '@plimsoll/core/risk';
import {
  type ActionOf,
  type Address,
  INDEX_STATUS,
  SETTLEMENT_ASSET,
  TIERS_MAX,
} from '@plimsoll/core/schema';
import { createState, type State } from '@plimsoll/core/state';
import { bookErrors, cancelOrder, placeOrder, recordBookFigures } from '@plimsoll/core/venue';

const BOOKS = 100;
const COMMANDS = 400_000;
const BLOCK = 4_000;
const MARK = 1_000_000;
const ORDERS = 1 << 20;

function build(accounts: number): State {
  const state = createState({
    accountsMax: accounts + 1,
    balanceRowsMax: accounts * 2,
    positionRowsMax: Math.max(accounts * 16, 2_000_000),
    agentRowsMax: 64,
    ordersMax: ORDERS,
    levelsMax: ORDERS,
    assetsMax: 2,
    underlyingsMax: BOOKS + 1,
    instrumentsMax: BOOKS + 1,
    withdrawalsMax: 16,
    proposalsMax: 16,
    orderSlotsMax: 2 * ORDERS,
    withdrawalSlotsMax: 64,
    sourceRowsMax: (BOOKS + 1) * 16,
  });
  state.machine.timeMs.set(0, 1_750_000_000_000);
  initParameters(state, 'global', 0);
  state.machine.assetCount.set(0, 1);
  initParameters(state, 'asset', SETTLEMENT_ASSET);
  state.assets.parameters.set(SETTLEMENT_ASSET * 48, 0);
  state.assets.parameters.set(SETTLEMENT_ASSET * 48 + 1, 0);
  for (let i = 1; i <= BOOKS; i++) list(state, i);
  freezeShareValues(state);
  for (let account = 1; account <= accounts; account++) {
    const owner: Address = `0x${account.toString(16).padStart(40, '0')}`;
    openAccount(state, owner);
    state.balances.amount.set(state.slabs.balances.find(account, 1), 1_000_000_000_000n);
    if (account % 1_000 === 0) state.log.clear();
  }
  state.log.clear();
  state.events.length = 0;
  return state;
}

function list(state: State, id: number): void {
  const { instruments, underlyings } = state;
  state.machine.underlyingCount.set(0, id);
  state.machine.instrumentCount.set(0, id);
  initParameters(state, 'underlying', id);
  initParameters(state, 'instrument', id);
  for (const column of ['index', 'slowPrice', 'plausibleLow', 'plausibleHigh'] as const) {
    underlyings[column].set(id, MARK);
  }
  underlyings.status.set(id, INDEX_STATUS.ok);
  instruments.underlying.set(id, id);
  instruments.multiplier.set(id, 1);
  instruments.tickSize.set(id, 1);
  instruments.state.set(id, 1);
  instruments.tierCount.set(id, 1);
  instruments.tierInitial.set(id * TIERS_MAX, 50_000);
  instruments.tierMaintenance.set(id * TIERS_MAX, 25_000);
  for (const column of ['markPrice', 'indexMark', 'longPrice', 'shortPrice'] as const) {
    instruments[column].set(id, MARK);
  }
}

/** A plain seeded source of integers below `below`. */
function source(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

interface Command {
  readonly account: number;
  readonly action: ActionOf<'placeOrder'> | ActionOf<'cancelOrder'>;
}

function draw(state: State, accounts: number, random: (below: number) => number): Command {
  const kind = random(100);
  if (kind >= 65) {
    const last = state.machine.orderSequence.get(0);
    for (let tries = 0; tries < 20; tries++) {
      const order = Math.max(1, last - random(200_000));
      const row = state.indexes.orderById.find(order);
      if (row < 0) continue;
      const action = { kind: 'cancelOrder', order, clientId: 0 } as const;
      return { account: state.orders.account.get(row), action };
    }
  }
  const side = random(2) === 0 ? 'buy' : 'sell';
  const isCrossing = kind < 15;
  const away = isCrossing ? -200 : 1 + random(100);
  const account = 1 + random(accounts);
  return {
    account,
    action: {
      kind: 'placeOrder',
      // An account trades four books.
      instrument: 1 + ((account * 7 + random(4)) % BOOKS),
      side,
      size: isCrossing ? 1 + random(10) : 10 + random(10),
      price: side === 'buy' ? MARK - away : MARK + away,
      timeInForce: isCrossing ? 'immediateOrCancel' : 'goodTillCancelled',
      isPostOnly: false,
      isReduceOnly: false,
      selfTrade: 'cancelResting',
      clientId: 0,
    },
  };
}

function apply(state: State, { account, action }: Command): number {
  const caller = { account, isOwner: true, role: 0 };
  if (action.kind === 'cancelOrder') return gate(state, () => cancelOrder(state, action, caller));
  const growing = { account, instrument: action.instrument };
  return gate(state, () => placeOrder(state, action, caller), growing);
}

for (const accounts of [10_000, 100_000]) {
  const state = build(accounts);
  const random = source(7);
  let ms = 0;
  let figuresMs = 0;
  let refusals = 0;
  let fills = 0;
  for (let done = 0; done < COMMANDS * 2; done += BLOCK) {
    const commands = Array.from({ length: BLOCK }, () => draw(state, accounts, random));
    state.events.length = 0;
    const startMs = performance.now();
    let refused = 0;
    for (const command of commands) if (apply(state, command) !== 0) refused += 1;
    const endMs = performance.now();
    state.machine.timeMs.add(0, 20);
    recordBookFigures(state);
    state.log.clear();
    if (done < COMMANDS) continue;
    ms += endMs - startMs;
    figuresMs += performance.now() - endMs;
    refusals += refused;
    for (const event of state.events) if (event.kind === 'filled') fills += 1;
  }
  console.log(
    `venue: ${accounts} accounts, ${BOOKS} books, ${COMMANDS} commands:`,
    `${((ms * 1_000) / COMMANDS).toFixed(2)} µs a command, ${fills} fills,`,
    `${((100 * refusals) / COMMANDS).toFixed(2)} % refused, ${state.pools.orders.used} resting,`,
    `figures ${((figuresMs * 1_000) / (COMMANDS / BLOCK)).toFixed(0)} µs a block,`,
    `${bookErrors(state).length} errors`,
  );
}
