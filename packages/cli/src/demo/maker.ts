import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@plimsoll/api/client';
import { stepsOf } from '@plimsoll/api/units';
import type { Action } from '@plimsoll/core/schema';
import { ladderOrders, type ScenarioDepth, type ScenarioInstrument } from '@plimsoll/simulator';
import { type MarketClock, marketTime } from './scenarioPrices.ts';

export interface MakerOptions {
  readonly client: Client;
  readonly depth: ScenarioDepth;
  readonly listing: ScenarioInstrument;
  readonly clock: MarketClock;
  readonly prices: ReadonlyMap<string, { readonly indexPrice: string | null }>;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Real time between two looks at the price, ms. */
const LOOK_MS = 1_000;
/** Orders of a ladder: with the cancel before them they are one command. */
const LEVELS_MAX = 15;
/** A maker that left in a crash comes back after so long, ms of real time. */
const AWAY_MS = 10_000;

/**
 * Keeps a ladder of orders around the index, and takes it away when the scenario's makers leave.
 * Ends with its orders withdrawn.
 */
export async function runMaker(options: MakerOptions): Promise<void> {
  const { client, depth, signal, onError } = options;
  const { id: instrument } = await client.market(depth.instrument);
  let quoted = 0;
  while (!signal.aborted) {
    const index = isAway(options) ? 0 : indexOf(options);
    if (index !== quoted) {
      const actions: Action[] = [{ kind: 'cancelAll', instrument }, ...quotes(options, instrument)];
      try {
        await client.submit(index === 0 ? actions.slice(0, 1) : actions);
      } catch (error) {
        // An order that the market moved over is refused alone; the others rest.
        onError(error);
      }
      quoted = index;
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  await client.submit({ kind: 'cancelAll', instrument }).catch(onError);
}

/** Index price in price units; 0 before there is one. */
function indexOf({ prices, depth, listing }: MakerOptions): number {
  const text = prices.get(depth.instrument)?.indexPrice ?? null;
  return text === null ? 0 : Number(stepsOf(text, listing.priceUnit));
}

function isAway({ depth, clock }: MakerOptions): boolean {
  const { timeMs } = marketTime(clock, Date.now());
  const backMs = depth.untilMs + AWAY_MS * clock.speed;
  return timeMs < depth.fromMs || (timeMs >= depth.untilMs && timeMs < backMs);
}

function quotes(options: MakerOptions, instrument: number): Action[] {
  const { depth, listing } = options;
  const index = indexOf(options);
  if (depth.ladder === null || index === 0) return [];
  const { ladder } = depth;
  const levels = Math.min(LEVELS_MAX, ladder.levels);
  // Fewer levels, farther apart and larger: the same depth within the same distance.
  const share = ladder.levels / levels;
  const coarse = {
    ...ladder,
    levels,
    spacingBp: ladder.spacingBp * share,
    growth: ladder.growth ** share,
    notional: BigInt(Math.floor(Number(ladder.notional) * share)),
  };
  return ladderOrders(coarse, index, listing).map(({ side, price, lots }) => ({
    kind: 'placeOrder',
    instrument,
    side,
    size: lots,
    price,
    timeInForce: 'goodTillCancelled',
    isPostOnly: true,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  }));
}
