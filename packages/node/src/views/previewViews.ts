import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { parseDecimal, toAmount } from '@plimsoll/api/units';
import { eventJson, ProblemError, refusalProblem, rejectionProblem } from '@plimsoll/api/wire';
import {
  type HypotheticalPortfolio,
  type HypotheticalPosition,
  preview,
  previewPortfolio as previewed,
} from '@plimsoll/core/machine';
import {
  ACTIONS_MAX,
  ACTIONS_MIN,
  type Action,
  accepted,
  commandSchema,
  decodeJsonAction,
  isJsonProblem,
  SIDE,
} from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import { wireUnits } from '../units/index.ts';
import { accountIn, assetNamed, exactly, instrumentNamed, malformed } from './ask.ts';
import type { ReadContext } from './context.ts';
import { figuresOf, marginOf } from './marginParts.ts';
import { type MarketUnits, marketUnitsOf } from './units.ts';

// What would be: commands that nobody sent, portfolios that nobody has. Undone through the log.

const ORDERS_MAX = 200;
const PPM = 1_000_000;

export function previewCommand(
  context: ReadContext,
  question: Question,
): AnswerOf<'previewCommand'> {
  const { machine } = context;
  const { state } = machine;
  const account = accountIn(state, question);
  const actions = actionsIn(question.body);
  const units = wireUnits(state);
  const before = figuresOf(state, account);
  const seen = preview(machine, { account, actions }, () => marginOf(state, account));
  return {
    account,
    actions: seen.codes.map((code, i) =>
      code === accepted
        ? null
        : refusalProblem({ code, figures: seen.figures[i], action: actions[i] }, units),
    ),
    events: seen.events.map((event) => eventJson(event, units)),
    before,
    after: seen.after,
  };
}

function actionsIn(body: unknown): Action[] {
  const given = (body as { readonly actions?: unknown } | null)?.actions;
  if (!Array.isArray(given) || given.length < ACTIONS_MIN || given.length > ACTIONS_MAX) {
    return malformed('body.actions', `is not a list of ${ACTIONS_MIN} to ${ACTIONS_MAX} actions`);
  }
  return given.map((value, i): Action => {
    const path = `body.actions[${i}]`;
    const action = decodeJsonAction(value, path);
    if (isJsonProblem(action)) return malformed(action.path, action.message);
    const { authority } = commandSchema[action.kind];
    if (authority !== 'owner' && authority !== 'agent') {
      malformed(`${path}.kind`, `is for the ${authority}: previews are of what an account sends`);
    }
    return action;
  });
}

export function previewPortfolio(
  context: ReadContext,
  question: Question,
): AnswerOf<'previewPortfolio'> {
  const { machine } = context;
  const portfolio = portfolioIn(machine.state, question.body as ValueOf<'Portfolio'>);
  const read = (account: number): ValueOf<'Margin'> => marginOf(machine.state, account);
  const { code, after } = previewed(machine, portfolio, read);
  if (after === undefined) throw new ProblemError(rejectionProblem(code));
  return { margin: after };
}

function portfolioIn(state: State, body: ValueOf<'Portfolio'>): HypotheticalPortfolio {
  const { balances = [], positions = [], orders = [], ownRatePpm = 0 } = body;
  if (orders.length > ORDERS_MAX) malformed('body.orders', `has more than ${ORDERS_MAX}`);
  if (ownRatePpm < 0 || ownRatePpm > PPM) malformed('body.ownRatePpm', `is not from 0 to ${PPM}`);
  const held = balances.map((balance, i) => balanceIn(state, balance, `body.balances[${i}]`));
  const open = positions.map((position, i) => positionIn(state, position, `body.positions[${i}]`));
  refuseTwice(
    'body.balances',
    held.map((balance) => balance.asset),
  );
  refuseTwice(
    'body.positions',
    open.map((position) => position.instrument),
  );
  return {
    balances: held,
    positions: open,
    orders: orders.map((order, i) => orderIn(state, order, `body.orders[${i}]`)),
    ownRatePpm,
  };
}

function refuseTwice(path: string, ids: readonly number[]): void {
  const at = ids.findIndex((id, i) => ids.indexOf(id) !== i);
  if (at >= 0) malformed(`${path}[${at}]`, 'is there twice: put both into one');
}

type BalanceAsked = NonNullable<ValueOf<'Portfolio'>['balances']>[number];
type PositionAsked = NonNullable<ValueOf<'Portfolio'>['positions']>[number];
type OrderAsked = NonNullable<ValueOf<'Portfolio'>['orders']>[number];

function balanceIn(
  state: State,
  balance: BalanceAsked,
  path: string,
): HypotheticalPortfolio['balances'][number] {
  const asset = assetNamed(state, balance.asset);
  const decimals = state.assets.decimals.get(asset);
  const amount = exactly(`${path}.amount`, () => toAmount(balance.amount, decimals));
  if (amount > AMOUNT_LIMIT || amount < -AMOUNT_LIMIT) malformed(`${path}.amount`, 'is too large');
  return { asset, amount };
}

/** Far below what a cell holds: sums with what is there must fit too. */
const AMOUNT_LIMIT = 2n ** 60n;

function positionIn(state: State, position: PositionAsked, path: string): HypotheticalPosition {
  const units = marketUnitsOf(state, instrumentNamed(state, position.instrument));
  const size = exactly(`${path}.size`, () => units.lots(position.size));
  if (size === 0) malformed(`${path}.size`, 'is 0: leave the position out');
  const { entryPrice } = position;
  const entry =
    entryPrice === undefined
      ? undefined
      : exactly(`${path}.entryPrice`, () => entryNotional(units, size, entryPrice));
  if (entry !== undefined && (entry > AMOUNT_LIMIT || entry < -AMOUNT_LIMIT)) {
    malformed(`${path}.entryPrice`, 'is too large');
  }
  return { instrument: units.instrument, size, entry };
}

/** Average prices are no whole number of units: up, against the account. */
function entryNotional(units: MarketUnits, size: number, entryPrice: string): bigint {
  const { digits, places } = parseDecimal(entryPrice);
  const numerator =
    BigInt(size) * BigInt(units.multiplier) * digits * 10n ** BigInt(units.decimals);
  const denominator = 10n ** BigInt(places);
  const down = numerator / denominator;
  return numerator > down * denominator ? down + 1n : down;
}

function orderIn(
  state: State,
  order: OrderAsked,
  path: string,
): HypotheticalPortfolio['orders'][number] {
  const units = marketUnitsOf(state, instrumentNamed(state, order.instrument));
  const price = exactly(`${path}.price`, () => units.price(order.price));
  const size = exactly(`${path}.size`, () => units.lots(order.size));
  if (price <= 0) malformed(`${path}.price`, 'must be above 0');
  if (size <= 0) malformed(`${path}.size`, 'must be above 0');
  return {
    instrument: units.instrument,
    side: SIDE[order.side],
    price,
    size,
    isReduceOnly: order.isReduceOnly ?? false,
  };
}
