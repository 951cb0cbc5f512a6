import { ProblemError, type StampedEventJson, type TradeJson } from '@plimsoll/api/wire';
import type { FeedMessage, Question, Replica } from '../parts.ts';

/** Rows that are read back from the history for one subscription. */
const ROWS_MAX = 1_000;
/** How a body ends that has room for the events of before. */
const NO_EVENTS = '"events":[]}';

type Asks = Pick<Replica, 'ask'>;

/** A wish for what came after `from`. */
export interface ReplayRequest {
  readonly key: string;
  readonly from: number;
}

/**
 * The trades after a height as one update, out of the history; undefined when there are more than
 * are read back. Spec: stream 5.4.
 */
export async function replayTrades(
  replica: Asks,
  { key, from }: ReplayRequest,
): Promise<FeedMessage | undefined> {
  const answer = await replica.ask(pageOf('trades', { instrument: key }, from));
  const page = JSON.parse(answer.text) as { trades: TradeJson[]; next: string | null };
  const trades = after(page.trades, page.next, from);
  if (trades === undefined) return undefined;
  const { height, timeMs } = answer;
  const head = { type: 'update', channel: 'trades', key, height, timeMs, previous: from };
  const text = JSON.stringify({ ...head, trades });
  return { channel: 'trades', key, height, previous: from, text };
}

/**
 * A snapshot of an account or of liquidations with the events after a height, out of the history;
 * undefined when there are more than are read back.
 */
export async function withEvents(
  replica: Asks,
  snapshot: FeedMessage,
  from: number,
): Promise<FeedMessage | undefined> {
  const { channel, key, height } = snapshot;
  const route = channel === 'account' ? 'accountHistory' : 'liquidationHistory';
  const question = pageOf(route, channel === 'account' ? { account: key } : {}, height);
  const { text } = await replica.ask(question);
  const page = JSON.parse(text) as { events: StampedEventJson[]; next: string | null };
  const rows = after(page.events, page.next, from)?.filter((row) => row.height <= height);
  if (rows === undefined) return undefined;
  if (!snapshot.text.endsWith(NO_EVENTS)) return snapshot;
  const events = rows.map(({ height, timeMs, index, event }) => ({ height, timeMs, index, event }));
  const body = snapshot.text.slice(0, -NO_EVENTS.length);
  return { ...snapshot, text: `${body}"events":${JSON.stringify(events)}}` };
}

/** What goes wrong with the history is no reason to refuse a snapshot. */
export async function orNone<T>(read: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

function pageOf(
  route: string,
  params: Readonly<Record<string, string>>,
  minHeight: number,
): Question {
  const query = { limit: ROWS_MAX, order: 'newestFirst' };
  return { route, params, query, body: undefined, minHeight };
}

/** Rows of a page (newest first) above a height, oldest first; undefined if some are not on it. */
function after<Row extends { readonly height: number }>(
  rows: readonly Row[],
  next: string | null,
  from: number,
): Row[] | undefined {
  const isWhole = next === null || rows.some((row) => row.height <= from);
  return isWhole ? rows.filter((row) => row.height > from).reverse() : undefined;
}
