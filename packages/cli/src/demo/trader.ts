import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Market } from '@plimsoll/api/client';
import type { RouteResponse } from '@plimsoll/api/routes';
import type { Seed } from '@plimsoll/simulator';

export interface TraderOptions {
  readonly client: Client;
  readonly random: Seed;
  readonly markets: readonly Market[];
  readonly prices: ReadonlyMap<string, { readonly markPrice: string | null }>;
  /** Nothing is left to trade with. */
  readonly onPoor: () => void;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

type Portfolio = RouteResponse<'account'>;

const PAUSE_MS_MIN = 3_000;
const PAUSE_MS_MAX = 12_000;
/** Below this equity, in the settlement asset, a trader asks for more. */
const POOR = 100;
/** What a trader buys or sells at once is at most so many times its equity. */
const STEP = 6;

/**
 * Buys and sells at the market, with a leverage of its own between 2 and 18, and now and then takes
 * its profit or its loss. Most are long: that is whom a crash is for.
 */
export async function runTrader(options: TraderOptions): Promise<void> {
  const { random, signal, onError } = options;
  const nature = { leverage: random.between(2, 18), isBull: random.chance(0.65) };
  while (!signal.aborted) {
    const pauseMs = Math.floor(random.between(PAUSE_MS_MIN, PAUSE_MS_MAX));
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      await act(options, nature);
    } catch (error) {
      onError(error);
    }
  }
}

async function act(
  options: TraderOptions,
  nature: { readonly leverage: number; readonly isBull: boolean },
): Promise<void> {
  const { client, random } = options;
  const portfolio = await client.read('account', { account: client.account });
  const equity = Number(portfolio.figures.equity);
  const { liquidation } = portfolio.account;
  if (liquidation.stage !== 'none' || liquidation.isLiquidatable) return;
  if (portfolio.positions.length === 0 && equity < POOR) {
    options.onPoor();
    return;
  }
  const leverage = equity > 0 ? Number(portfolio.figures.notional) / equity : 0;
  if (portfolio.positions.length > 0 && (leverage > nature.leverage || random.chance(0.25))) {
    await close(options, portfolio);
    return;
  }
  const market = random.pick(options.markets);
  const mark = Number(options.prices.get(market.name)?.markPrice ?? 0);
  if (!(mark > 0) || !(equity > 0)) return;
  const wanted = Math.min(STEP, nature.leverage - leverage) * equity * random.between(0.3, 1);
  const lots = Math.floor(wanted / mark / Number(market.lotSize));
  if (lots < 1) return;
  const isBuy = random.chance(nature.isBull ? 0.85 : 0.2);
  const side = isBuy ? 'buy' : 'sell';
  await client.submit(market.marketOrder({ side, size: market.formatSize(lots) }));
}

async function close(options: TraderOptions, { positions }: Portfolio): Promise<void> {
  const { client, random, markets } = options;
  const position = random.pick(positions);
  const market = markets.find(({ name }) => name === position.name);
  if (market === undefined || position.lots === 0) return;
  const side = position.lots > 0 ? 'sell' : 'buy';
  const size = market.formatSize(Math.abs(position.lots));
  await client.submit(market.marketOrder({ side, size, isReduceOnly: true }));
}
