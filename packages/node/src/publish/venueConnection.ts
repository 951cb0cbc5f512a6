import { PriceSourceError } from './price.ts';

/** One venue, and what it calls what we call by the name of the underlying. */
export interface VenueSpec {
  /** As ccxt calls it: `binance`, `coinbase`, `kraken`, `okx`, `bybit`, … */
  readonly venue: string;
  /** The venue's market by the name of the underlying: `{ BTC: 'BTC/USD' }`. */
  readonly symbols: Readonly<Record<string, string>>;
  /** In place of scheme and host of all its addresses: a proxy, a mirror, a test. */
  readonly baseUrl?: string;
  /** Time between two requests, ms; default: as the venue publishes it. */
  readonly requestEveryMs?: number;
}

/** What a venue said of one underlying. */
export interface VenueQuote {
  readonly underlying: string;
  readonly bid: number;
  readonly ask: number;
  /** When it held: as the venue says, or when we asked; never later than now. */
  readonly timeMs: number;
  /** Whether the venue said the time itself. */
  readonly isTimed: boolean;
}

/** A venue that can be asked, over its public REST interface. */
export interface VenueConnection {
  readonly venue: string;
  /** All symbols of the venue. Rejects with what the venue or the network said. */
  fetchQuotes(): Promise<readonly VenueQuote[]>;
}

/** What of ccxt's Exchange is used here. */
interface Exchange {
  urls: { api?: unknown };
  readonly options: { fetchMarkets?: unknown };
  fetchTicker(symbol: string): Promise<Ticker>;
  fetchTickers(symbols: readonly string[]): Promise<Readonly<Record<string, Ticker>>>;
}

interface Ticker {
  readonly bid?: number | undefined;
  readonly ask?: number | undefined;
  readonly last?: number | undefined;
  readonly timestamp?: number | undefined;
}

type ExchangeClass = new (settings: object) => Exchange;

/**
 * @throws PriceSourceError when ccxt knows no such venue.
 */
export async function connectVenue(spec: VenueSpec, timeoutMs = 5_000): Promise<VenueConnection> {
  // Imported when it is wanted: it is the code of a hundred venues, and takes a second to load.
  const { exchanges } = await import('ccxt');
  const classes = exchanges as object as Readonly<Record<string, ExchangeClass | undefined>>;
  const Venue = Object.hasOwn(classes, spec.venue) ? classes[spec.venue] : undefined;
  if (Venue === undefined) {
    throw new PriceSourceError(`there is no venue "${spec.venue}"; docs.ccxt.com lists them`);
  }
  const exchange = new Venue({
    enableRateLimit: true,
    timeout: timeoutMs,
    ...(spec.requestEveryMs === undefined ? {} : { rateLimit: spec.requestEveryMs }),
    options: { defaultType: 'spot' },
  });
  // Only spot markets are read: where a venue has several lists, only theirs is loaded.
  const { fetchMarkets } = exchange.options;
  if (typeof fetchMarkets === 'object') exchange.options.fetchMarkets = { types: ['spot'] };
  if (spec.baseUrl !== undefined) {
    exchange.urls.api = withBase(exchange.urls.api, spec.baseUrl.replace(/\/$/, ''));
  }
  const symbols = Object.entries(spec.symbols);
  return {
    venue: spec.venue,
    async fetchQuotes() {
      const askedMs = Date.now();
      const tickers = await fetchTickers(exchange, spec);
      return symbols.map(([underlying, symbol]) =>
        quoteOf(tickers[symbol], { underlying, askedMs, what: `${spec.venue} ${symbol}` }),
      );
    },
  };
}

/** Venues that answer for the symbols one names, and no others, in one request. */
const ANSWER_SEVERAL: ReadonlySet<string> = new Set(['binance', 'kraken']);

async function fetchTickers(
  exchange: Exchange,
  { venue, symbols }: VenueSpec,
): Promise<Readonly<Record<string, Ticker>>> {
  const names = Object.values(symbols);
  if (ANSWER_SEVERAL.has(venue)) return exchange.fetchTickers(names);
  const tickers = await Promise.all(names.map((symbol) => exchange.fetchTicker(symbol)));
  return Object.fromEntries(names.map((symbol, at) => [symbol, tickers[at] ?? {}]));
}

function quoteOf(
  ticker: Ticker | undefined,
  asked: { readonly underlying: string; readonly askedMs: number; readonly what: string },
): VenueQuote {
  const { bid, ask, last, timestamp } = ticker ?? {};
  const { underlying, askedMs, what } = asked;
  const isTimed = timestamp !== undefined && timestamp > 0;
  // A venue's clock that runs ahead must not make its prices younger than they are.
  const timeMs = isTimed ? Math.min(timestamp, Date.now()) : askedMs;
  if (isPrice(bid) && isPrice(ask) && bid <= ask) return { underlying, bid, ask, timeMs, isTimed };
  if (isPrice(last)) return { underlying, bid: last, ask: last, timeMs, isTimed };
  throw new PriceSourceError(`${what} has neither a bid and an ask nor a last price`);
}

function isPrice(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}

/** Every address in a tree of addresses with another scheme and host. */
function withBase(urls: unknown, base: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^https?:\/\/[^/]+/, base);
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, withBase(url, base)]));
}
