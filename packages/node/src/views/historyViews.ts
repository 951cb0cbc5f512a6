import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { eventJson, eventText } from '@plimsoll/api/wire';
import { type Event, type EventKind, eventSchema } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import {
  CANDLE_INTERVALS_MS,
  type CandleInterval,
  type HistoryEvent,
  type HistoryPage,
  InvalidCursorError,
} from '../history/index.ts';
import type { Question } from '../parts.ts';
import { wireUnits } from '../units/index.ts';
import { accountIn, instrumentNamed, integerIn, malformed, pageIn, textIn } from './ask.ts';
import type { ReadContext } from './context.ts';
import { marketUnitsOf, moneyOf } from './units.ts';

// What happened, out of the history index.

const NANO = 1_000_000_000;
const EVENT_KINDS: ReadonlySet<string> = new Set(Object.keys(eventSchema));

/** A page of rows as an answer says it. */
function paged<Row, Shown>(
  read: () => HistoryPage<Row>,
  show: (row: Row) => Shown,
): { readonly rows: Shown[]; readonly next: string | null } {
  try {
    const { rows, next } = read();
    return { rows: rows.map(show), next: next ?? null };
  } catch (error) {
    if (error instanceof InvalidCursorError) malformed('query.cursor', error.message);
    throw error;
  }
}

/** An event of any kind and where it stands. */
interface StampedRow extends Omit<HistoryEvent, 'event'> {
  readonly event: Event;
}

function stamped(state: State): (row: StampedRow) => ValueOf<'StampedEvent'> {
  const units = wireUnits(state);
  return ({ height, index, timeMs, command, event }) => {
    const written = eventJson(event, units);
    const at = command < 0 ? null : command;
    return { height, index, timeMs, command: at, event: written, text: eventText(written) };
  };
}

export function trades(context: ReadContext, question: Question): AnswerOf<'trades'> {
  const { state } = context.machine;
  const instrument = instrumentNamed(state, question.params.instrument);
  const units = marketUnitsOf(state, instrument);
  const page = paged(
    () => context.history.trades(instrument, pageIn(question)),
    ({ height, index, timeMs, event }) => ({
      height,
      index,
      timeMs,
      price: units.text(event.price),
      size: units.size(event.size),
      lots: event.size,
      takerSide: event.takerSide,
      isLiquidation: event.isLiquidation,
    }),
  );
  return { trades: page.rows, next: page.next };
}

export function candles(context: ReadContext, question: Question): AnswerOf<'candles'> {
  const { state } = context.machine;
  const instrument = instrumentNamed(state, question.params.instrument);
  const interval = (textIn(question, 'interval') ?? '1m') as CandleInterval;
  if (CANDLE_INTERVALS_MS[interval] === undefined) {
    malformed('query.interval', `is not one of ${Object.keys(CANDLE_INTERVALS_MS).join(', ')}`);
  }
  const limit = integerIn(question, 'limit');
  const toMs = integerIn(question, 'toMs', context.timeMs + 1);
  const isFrom = question.query.fromMs !== undefined;
  const fromMs = isFrom ? integerIn(question, 'fromMs') : undefined;
  const units = marketUnitsOf(state, instrument);
  const money = moneyOf(state);
  const found = context.history.candles(instrument, { interval, fromMs, toMs, limit });
  return {
    interval,
    candles: found.map((candle) => ({
      openMs: candle.startMs,
      open: units.text(candle.open),
      high: units.text(candle.high),
      low: units.text(candle.low),
      close: units.text(candle.close),
      size: units.size(candle.volume),
      lots: candle.volume,
      quote: money.amount(candle.quote),
      trades: candle.trades,
    })),
  };
}

export function fundingRates(context: ReadContext, question: Question): AnswerOf<'fundingRates'> {
  const instrument = instrumentNamed(context.machine.state, question.params.instrument);
  const page = paged(
    () => context.history.fundingRates(instrument, pageIn(question)),
    ({ height, timeMs, event }) => ({
      height,
      timeMs,
      ratePerHour: event.rateNanoPerHour / NANO,
      premium: event.premiumNano / NANO,
      samples: event.samples,
    }),
  );
  return { fundingRates: page.rows, next: page.next };
}

export function accountHistory(
  context: ReadContext,
  question: Question,
): AnswerOf<'accountHistory'> {
  const { state } = context.machine;
  const account = accountIn(state, question);
  const kinds = kindsIn(question);
  const page = paged(
    () => context.history.accountEvents(account, { ...pageIn(question), kinds }),
    stamped(state),
  );
  return { events: page.rows, next: page.next };
}

function kindsIn(question: Question): readonly EventKind[] | undefined {
  const text = textIn(question, 'kinds');
  if (text === undefined || text === '') return undefined;
  const kinds = text.split(',').map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !EVENT_KINDS.has(kind));
  if (wrong !== undefined) malformed('query.kinds', `names "${wrong}", which is no kind of event`);
  return kinds as EventKind[];
}

export function accountFills(context: ReadContext, question: Question): AnswerOf<'accountFills'> {
  const { state } = context.machine;
  const account = accountIn(state, question);
  const money = moneyOf(state);
  const page = paged(
    () => context.history.fills(account, pageIn(question)),
    ({ height, index, timeMs, event }) => {
      const units = marketUnitsOf(state, event.instrument);
      const isTaker = event.taker === account;
      const makerSide = event.takerSide === 'buy' ? ('sell' as const) : ('buy' as const);
      const order = isTaker ? event.takerOrder : event.makerOrder;
      return {
        height,
        index,
        timeMs,
        instrument: event.instrument,
        name: units.name,
        side: isTaker ? event.takerSide : makerSide,
        isTaker,
        price: units.text(event.price),
        size: units.size(event.size),
        lots: event.size,
        fee: money.amount(isTaker ? event.takerFee : event.makerFee),
        order: order === 0 ? null : order,
        isLiquidation: event.isLiquidation,
      };
    },
  );
  return { fills: page.rows, next: page.next };
}

export function accountFunding(
  context: ReadContext,
  question: Question,
): AnswerOf<'accountFunding'> {
  const { state } = context.machine;
  const account = accountIn(state, question);
  const money = moneyOf(state);
  const page = paged(
    () => context.history.fundingPaid(account, pageIn(question)),
    ({ height, index, timeMs, event }) => ({
      height,
      index,
      timeMs,
      instrument: event.instrument,
      name: marketUnitsOf(state, event.instrument).name,
      paid: money.amount(event.amount),
    }),
  );
  return { payments: page.rows, next: page.next };
}

/** Steps of liquidations and losses: of all accounts, or those that name one. */
export function liquidationHistory(
  context: ReadContext,
  question: Question,
): AnswerOf<'liquidationHistory'> {
  const { state } = context.machine;
  const named = textIn(question, 'account');
  const asked = { ...question, params: { account: named ?? '' } };
  const account = named === undefined ? 0 : accountIn(state, asked);
  const page = paged<StampedRow, ValueOf<'StampedEvent'>>(
    () =>
      account === 0
        ? context.history.liquidations(pageIn(question))
        : context.history.accountEvents(account, {
            ...pageIn(question),
            kinds: LIQUIDATION_KINDS,
          }),
    stamped(state),
  );
  return { events: page.rows, next: page.next };
}

const LIQUIDATION_KINDS: readonly EventKind[] = [
  'liquidationStarted',
  'liquidationWaited',
  'liquidationEnded',
  'closedOut',
  'collateralSold',
  'deficitOpened',
  'deleveraged',
  'lossSocialized',
  'assetBought',
  'suppliersPaid',
];

export function events(context: ReadContext, question: Question): AnswerOf<'events'> {
  const { state } = context.machine;
  const fromHeight = integerIn(question, 'fromHeight');
  const page = paged(
    () => context.history.events({ ...pageIn(question, 'oldestFirst'), fromHeight }),
    stamped(state),
  );
  return { events: page.rows, next: page.next };
}
