import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { quotaLeft } from '@plimsoll/core/accounts';
import { debtOf, suppliedOf } from '@plimsoll/core/ledger';
import { isAssetOk } from '@plimsoll/core/oracle';
import { type Explanation, equity, explain, isLiquidatable } from '@plimsoll/core/risk';
import {
  type Address,
  AGENT_SCOPES,
  LIQUIDATION_STAGE,
  LIQUIDATION_WAIT,
  ORDER_FLAG,
  SETTLEMENT_ASSET,
  SIDE,
} from '@plimsoll/core/schema';
import { addressEquals, findPosition, readAddress, type State } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import { assetName } from '../units/index.ts';
import { accountIn, instrumentNamed, readWhole, textIn } from './ask.ts';
import type { ReadContext } from './context.ts';
import {
  entryPrice,
  figuresView,
  marginOf,
  type PositionPrices,
  positionPrices,
  priceTexts,
} from './marginParts.ts';
import { amountIn, marketUnitsOf, momentOf, moneyOf, nameOf, pricesOf } from './units.ts';

const QUOTA_UNIT = 1000;

type Position = ValueOf<'Position'>;
type OpenOrder = ValueOf<'OpenOrder'>;

export function account(context: ReadContext, question: Question): AnswerOf<'account'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  const explanation = explain(state, id);
  return {
    account: accountView(state, id),
    figures: figuresView(state, explanation),
    balances: balancesOf(state, explanation),
    positions: positionsOf(state, explanation),
    orders: ordersOf(state, id),
  };
}

function accountView(state: State, id: number): ValueOf<'Account'> {
  const { accounts } = state;
  return {
    id,
    owner: readAddress(accounts.owner, id),
    createdMs: accounts.createdMs.get(id),
    agents: agentsOf(state, id),
    nonceHigh: accounts.nonceHigh.get(id),
    quota: {
      actions: quotaLeft(state, id, accounts.quota) / QUOTA_UNIT,
      reductions: quotaLeft(state, id, accounts.cancelQuota) / QUOTA_UNIT,
    },
    ownRatePpm: accounts.ownRatePpm.get(id),
    orderCount: accounts.orderCount.get(id),
    withdrawalCount: accounts.withdrawalCount.get(id),
    liquidation: liquidationState(state, id),
  };
}

function agentsOf(state: State, id: number): ValueOf<'Agent'>[] {
  const { accounts, agents } = state;
  const first = accounts.agentBase.get(id);
  return Array.from({ length: accounts.agentCount.get(id) }, (_, k) => {
    const row = first + k;
    const scopes = Object.entries(AGENT_SCOPES)
      .filter(([, bit]) => (agents.scopes.get(row) & bit) !== 0)
      .map(([name]) => name);
    return {
      address: readAddress(agents.address, row),
      scopes,
      expiresMs: agents.expiresMs.get(row),
      nonceHigh: agents.nonceHigh.get(row),
    };
  });
}

/** Stage of liquidation, why it waits, and what 9 of the margin rules says now. */
export function liquidationState(state: State, id: number): ValueOf<'LiquidationState'> {
  const { accounts } = state;
  return {
    stage: nameOf(LIQUIDATION_STAGE, accounts.liquidationStage.get(id)),
    startedMs: momentOf(accounts.liquidationMs.get(id)),
    wait: nameOf(LIQUIDATION_WAIT, accounts.liquidationWait.get(id)),
    isLiquidatable: isLiquidatable(state, id),
  };
}

export function margin(context: ReadContext, question: Question): AnswerOf<'margin'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  return { account: id, margin: marginOf(state, id) };
}

export function balances(context: ReadContext, question: Question): AnswerOf<'balances'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  return { account: id, balances: balancesOf(state, explain(state, id)) };
}

function balancesOf(state: State, explanation: Explanation): ValueOf<'Balance'>[] {
  const { account: id } = explanation;
  const money = moneyOf(state);
  const first = state.accounts.balanceBase.get(id);
  return explanation.balances.map(({ asset, value }, k) => {
    const amount = state.balances.amount.get(first + k);
    const supplied = suppliedOf(state, id, asset);
    const owed = debtOf(state, id, asset);
    const underlying = state.assets.underlying.get(asset);
    return {
      asset: assetName(state, asset),
      amount: amountIn(state, asset, amount),
      supplied: amountIn(state, asset, supplied),
      owed: amountIn(state, asset, owed),
      held: amountIn(state, asset, amount + supplied - owed),
      indexPrice:
        asset === SETTLEMENT_ASSET
          ? null
          : pricesOf(state, underlying).orNull(state.underlyings.index.get(underlying)),
      value: money.amountDown(value),
      isPriceOk: isAssetOk(state, asset),
    };
  });
}

export function positions(context: ReadContext, question: Question): AnswerOf<'positions'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  return { account: id, positions: positionsOf(state, explain(state, id)) };
}

function positionsOf(state: State, explanation: Explanation): Position[] {
  const prices = positionPrices(state, explanation);
  return explanation.positions.map((part, i) =>
    positionView(state, explanation.account, {
      part,
      prices: prices[i] ?? { liquidation: null, bankruptcy: null },
    }),
  );
}

function positionView(
  state: State,
  id: number,
  shown: { readonly part: Explanation['positions'][number]; readonly prices: PositionPrices },
): Position {
  const { part, prices } = shown;
  const money = moneyOf(state);
  const units = marketUnitsOf(state, part.instrument);
  const row = findPosition(state, id, part.instrument);
  return {
    instrument: part.instrument,
    name: units.name,
    size: units.size(part.size),
    lots: part.size,
    entryPrice: entryPrice(units, part),
    entryNotional: money.amount(state.positions.entry.get(row)),
    markPrice: units.orNull(part.markPrice),
    notional: money.amountUp(part.notional),
    unrealized: money.amountDown(part.unrealized),
    fundingOwed: money.amountUp(part.funding),
    maintenance: money.amountUp(part.maintenance),
    initial: money.amountUp(part.initial),
    reserve: money.amountUp(part.reserve),
    lockedGain: money.amountUp(part.lockedGain),
    openBidLots: state.positions.bidLots.get(row),
    openAskLots: state.positions.askLots.get(row),
    ...priceTexts(units, part, prices),
  };
}

export function orders(context: ReadContext, question: Question): AnswerOf<'orders'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  const only = textIn(question, 'instrument');
  const instrument = only === undefined ? 0 : instrumentNamed(state, only);
  const all = ordersOf(state, id);
  return {
    account: id,
    orders: instrument === 0 ? all : all.filter((order) => order.instrument === instrument),
  };
}

/** The open orders of an account by instrument, oldest first. */
export function ordersOf(state: State, id: number): OpenOrder[] {
  const { accounts, positions: rows, orders: table } = state;
  const first = accounts.positionBase.get(id);
  const found: OpenOrder[] = [];
  for (let row = first; row < first + accounts.positionCount.get(id); row++) {
    const units = marketUnitsOf(state, rows.instrument.get(row));
    for (let link = rows.ordersHead.get(row); link !== 0; ) {
      const order = link - 1;
      link = table.accountNext.get(order);
      const clientId = table.clientId.get(order);
      const flags = table.flags.get(order);
      const lots = table.size.get(order);
      found.push({
        order: table.id.get(order),
        clientId: clientId === 0 ? null : clientId,
        account: id,
        instrument: units.instrument,
        name: units.name,
        side: nameOf(SIDE, table.side.get(order)),
        price: units.text(table.price.get(order)),
        size: units.size(lots),
        lots,
        isPostOnly: (flags & ORDER_FLAG.postOnly) !== 0,
        isReduceOnly: (flags & ORDER_FLAG.reduceOnly) !== 0,
        placedMs: table.placedMs.get(order),
      });
    }
  }
  return found;
}

export function accountsOfOwner(
  context: ReadContext,
  question: Question,
): AnswerOf<'accountsOfOwner'> {
  const { state } = context.machine;
  const owner = String(question.params.owner).toLowerCase() as Address;
  const own: ValueOf<'OwnedAccount'>[] = [];
  const agentOf: ValueOf<'OwnedAccount'>[] = [];
  readWhole(context.machine, () => {
    const count = state.machine.accountCount.get(0);
    for (let id = 1; id <= count; id++) {
      if (addressEquals(state.accounts.owner, id, owner)) own.push(ownedView(state, id));
      else if (isAgent(state, id, owner)) agentOf.push(ownedView(state, id));
    }
  });
  return { owner, accounts: own, agentOf };
}

function isAgent(state: State, id: number, address: Address): boolean {
  const { accounts, agents } = state;
  const first = accounts.agentBase.get(id);
  const end = first + accounts.agentCount.get(id);
  for (let row = first; row < end; row++) {
    if (addressEquals(agents.address, row, address)) return true;
  }
  return false;
}

function ownedView(state: State, id: number): ValueOf<'OwnedAccount'> {
  return {
    account: id,
    createdMs: state.accounts.createdMs.get(id),
    equity: moneyOf(state).amountDown(equity(state, id)),
    inLiquidation: state.accounts.liquidationStage.get(id) !== LIQUIDATION_STAGE.none,
  };
}

export function withdrawals(context: ReadContext, question: Question): AnswerOf<'withdrawals'> {
  const { state } = context.machine;
  const id = accountIn(state, question);
  const { withdrawals: table } = state;
  const found: ValueOf<'Withdrawal'>[] = [];
  let left = state.accounts.withdrawalCount.get(id);
  for (let row = 0; left > 0 && row < table.account.rows; row++) {
    if (table.account.get(row) !== id) continue;
    left -= 1;
    const asset = table.asset.get(row);
    found.push({
      withdrawal: table.id.get(row),
      chain: table.chain.get(row),
      destination: readAddress(table.destination, row),
      waiting: amountIn(state, asset, table.waiting.get(row)),
      released: amountIn(state, asset, table.released.get(row)),
      isSmall: table.isSmall.get(row) === 1,
    });
  }
  found.sort((a, b) => a.withdrawal - b.withdrawal);
  return { account: id, withdrawals: found };
}
