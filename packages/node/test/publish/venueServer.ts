import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a venue of the server does next. */
export interface FakeVenue {
  bid: number;
  ask: number;
  /** Subtracted from the present in every time that it states. */
  behindMs: number;
  mode: 'ok' | 'down' | 'garbage' | 'stuck' | 'empty';
}

export interface VenueServer {
  readonly url: string;
  readonly venues: Record<string, FakeVenue>;
  /** Requests that no venue answered: none, if the shapes are right. */
  readonly unknown: string[];
  readonly requests: string[];
  close(): Promise<void>;
}

type Answer = (path: string, query: URLSearchParams, venue: FakeVenue) => unknown;

/** Public REST answers in the shapes of five venues, for BTC and ETH against the dollar. */
const answers: Record<string, Answer> = {
  binance(path, query, { bid, ask, behindMs }) {
    if (path === '/api/v3/exchangeInfo') {
      return {
        timezone: 'UTC',
        serverTime: Date.now(),
        symbols: ['BTC', 'ETH'].map((base) => ({
          symbol: `${base}USDT`,
          status: 'TRADING',
          baseAsset: base,
          baseAssetPrecision: 8,
          quoteAsset: 'USDT',
          quotePrecision: 8,
          quoteAssetPrecision: 8,
          orderTypes: ['LIMIT', 'MARKET'],
          isSpotTradingAllowed: true,
          isMarginTradingAllowed: true,
          filters: [
            { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
            { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
          ],
          permissions: ['SPOT'],
          permissionSets: [['SPOT']],
        })),
      };
    }
    if (path !== '/api/v3/ticker/24hr') return undefined;
    return (JSON.parse(query.get('symbols') ?? '[]') as string[]).map((symbol) => ({
      symbol,
      priceChange: '-94.99',
      lastPrice: String(bid),
      lastQty: '200.00000000',
      bidPrice: String(bid),
      bidQty: '1.5',
      askPrice: String(ask),
      askQty: '2.5',
      openPrice: '99.0',
      highPrice: '100.0',
      lowPrice: '0.1',
      volume: '8913.3',
      quoteVolume: '15.3',
      openTime: Date.now() - 86_400_000,
      closeTime: Date.now() - behindMs,
      count: 76,
    }));
  },
  coinbase(path, _query, { bid, ask, behindMs }) {
    if (path === '/api/v3/brokerage/market/products') {
      return {
        products: ['BTC', 'ETH'].map((base) => ({
          product_id: `${base}-USD`,
          price: String(bid),
          base_increment: '0.00000001',
          quote_increment: '0.01',
          quote_min_size: '1',
          quote_max_size: '150000000',
          base_min_size: '0.00000001',
          base_max_size: '3400',
          base_name: base,
          quote_name: 'US Dollar',
          is_disabled: false,
          status: 'online',
          trading_disabled: false,
          product_type: 'SPOT',
          quote_currency_id: 'USD',
          base_currency_id: base,
          base_display_symbol: base,
          quote_display_symbol: 'USD',
          price_increment: '0.01',
        })),
        num_products: 2,
      };
    }
    if (path === '/v2/currencies') return { data: [{ id: 'USD', name: 'US Dollar' }] };
    if (path === '/v2/currencies/crypto') return { data: [] };
    if (path === '/v2/exchange-rates')
      return { data: { currency: 'USD', rates: { BTC: '0.00001' } } };
    const product = /^\/api\/v3\/brokerage\/market\/products\/([A-Z]+-USD)\/ticker$/.exec(
      path,
    )?.[1];
    if (product === undefined) return undefined;
    const trade = {
      trade_id: '518078013',
      product_id: product,
      price: String(bid),
      size: '0.0065',
    };
    const time = new Date(Date.now() - behindMs).toISOString().replace('Z', '746Z');
    return {
      trades: [{ ...trade, time, side: 'BUY', bid: '', ask: '' }],
      best_bid: String(bid),
      best_ask: String(ask),
    };
  },
  kraken(path, query, { bid, ask }) {
    if (path === '/0/public/AssetPairs') {
      const pair = (altname: string, base: string): object => ({
        altname,
        wsname: altname.replace('USD', '/USD'),
        aclass_base: 'currency',
        base,
        aclass_quote: 'currency',
        quote: 'ZUSD',
        pair_decimals: 1,
        lot_decimals: 8,
        lot_multiplier: 1,
        leverage_buy: [2, 3],
        leverage_sell: [2, 3],
        fees: [[0, 0.26]],
        fees_maker: [[0, 0.16]],
        fee_volume_currency: 'ZUSD',
        ordermin: '0.0001',
        costmin: '0.5',
        tick_size: '0.1',
        status: 'online',
      });
      return {
        error: [],
        result: { XXBTZUSD: pair('XBTUSD', 'XXBT'), XETHZUSD: pair('ETHUSD', 'XETH') },
      };
    }
    if (path === '/0/public/Assets') {
      const asset = (altname: string): object => ({
        aclass: 'currency',
        altname,
        decimals: 10,
        display_decimals: 5,
        status: 'enabled',
      });
      return {
        error: [],
        result: { XXBT: asset('XBT'), XETH: asset('ETH'), ZUSD: asset('USD') },
      };
    }
    if (path !== '/0/public/Ticker') return undefined;
    const ticker = {
      a: [ask.toFixed(5), '1', '1.000'],
      b: [bid.toFixed(5), '2', '2.000'],
      c: [bid.toFixed(5), '0.04408910'],
      v: ['4147.94474901', '8896.96086304'],
      p: [bid.toFixed(5), bid.toFixed(5)],
      t: [3907, 10056],
      l: [bid.toFixed(5), bid.toFixed(5)],
      h: [bid.toFixed(5), bid.toFixed(5)],
      o: bid.toFixed(5),
    };
    const pairs = (query.get('pair') ?? '').split(',');
    return { error: [], result: Object.fromEntries(pairs.map((pair) => [pair, ticker])) };
  },
  okx(path, query, { bid, ask, behindMs }) {
    if (path === '/api/v5/public/instruments') {
      return {
        code: '0',
        msg: '',
        data: ['BTC', 'ETH'].map((base) => ({
          instType: 'SPOT',
          instId: `${base}-USDT`,
          baseCcy: base,
          quoteCcy: 'USDT',
          settleCcy: '',
          lotSz: '0.00000001',
          minSz: '0.00001',
          tickSz: '0.1',
          state: 'live',
          lever: '10',
        })),
      };
    }
    if (path !== '/api/v5/market/ticker') return undefined;
    return {
      code: '0',
      msg: '',
      data: [
        {
          instType: 'SPOT',
          instId: query.get('instId'),
          last: String(bid),
          lastSz: '0.044378',
          askPx: String(ask),
          askSz: '4.2',
          bidPx: String(bid),
          bidSz: '6.05',
          open24h: '0.07801',
          high24h: '0.07975',
          low24h: '0.06019',
          volCcy24h: '11788.88',
          vol24h: '167493.8',
          ts: String(Date.now() - behindMs),
          sodUtc0: '0.07872',
          sodUtc8: '0.07345',
        },
      ],
    };
  },
  bybit(path, query, { bid, ask, behindMs }) {
    const ok = { retCode: 0, retMsg: 'OK', retExtInfo: {}, time: Date.now() - behindMs };
    if (path === '/v5/market/instruments-info') {
      const list = ['BTC', 'ETH'].map((base) => ({
        symbol: `${base}USDT`,
        baseCoin: base,
        quoteCoin: 'USDT',
        innovation: '0',
        status: 'Trading',
        marginTrading: 'both',
        lotSizeFilter: {
          basePrecision: '0.000001',
          quotePrecision: '0.0000001',
          minOrderQty: '0.0001',
          maxOrderQty: '71.7',
          minOrderAmt: '1',
          maxOrderAmt: '2000000',
        },
        priceFilter: { tickSize: '0.01' },
      }));
      return { ...ok, result: { category: 'spot', list } };
    }
    if (path !== '/v5/market/tickers') return undefined;
    const ticker = {
      symbol: query.get('symbol'),
      bid1Price: String(bid),
      bid1Size: '2',
      ask1Price: String(ask),
      ask1Size: '2.9',
      lastPrice: String(bid),
      prevPrice24h: '20393.48',
      price24hPcnt: '0.0068',
      highPrice24h: '21128.12',
      lowPrice24h: '20318.89',
      turnover24h: '243765620.65',
      volume24h: '11801.27',
    };
    return { ...ok, result: { category: 'spot', list: [ticker] } };
  },
};

export async function startVenues(): Promise<VenueServer> {
  const venues: Record<string, FakeVenue> = {};
  for (const name of Object.keys(answers)) {
    venues[name] = { bid: 60_000, ask: 60_002, behindMs: 0, mode: 'ok' };
  }
  const unknown: string[] = [];
  const requests: string[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://venues');
    requests.push(url.pathname);
    const [, name = '', ...rest] = url.pathname.split('/');
    const venue = venues[name];
    if (venue?.mode === 'stuck') return;
    response.setHeader('content-type', 'application/json');
    const send = (status: number, text: string): void => {
      response.statusCode = status;
      response.end(text);
    };
    if (venue?.mode === 'down') {
      send(503, '{"error":"service unavailable"}');
      return;
    }
    if (venue?.mode === 'garbage') {
      send(200, '<html>try later</html>');
      return;
    }
    const path = `/${rest.join('/')}`;
    const found = venue && answers[name]?.(path, url.searchParams, venue);
    if (found === undefined) unknown.push(`${name}${path}`);
    send(found === undefined ? 404 : 200, JSON.stringify(found ?? { error: 'not found' }));
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    venues,
    unknown,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
