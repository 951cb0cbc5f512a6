// A random trading session of a real machine: seven accounts in two markets, with lending, cancels,
// crashes and liquidations. The same seed gives the same blocks.
import type { Action } from '@plimsoll/core/schema';
import { orderIds } from '../../src/feeds/accountRows.ts';
import type { AppliedBlock } from '../../src/feeds/index.ts';
import { ACCOUNTS, by, createWorld, nextBlock, order, type Sent, type World } from './world.ts';

export interface Session {
  readonly world: World;
  /** Applies the next block. */
  step(): AppliedBlock;
}

export function createSession(seed: number): Session {
  const world = createWorld();
  const random = randomOf(seed);
  return {
    world,
    step: () => {
      moveMarket(world, random);
      const sent = Array.from({ length: Math.floor(random() * 24) }, () =>
        randomSent(world, random),
      );
      const elapsedMs = random() < 0.1 ? 0 : 1 + Math.floor(random() * 900);
      return nextBlock(world, sent, elapsedMs, random() < 0.05);
    },
  };
}

/** Mulberry32: 0 up to 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A trend of a few blocks every now and then takes leveraged accounts under. */
function moveMarket(world: World, random: () => number): void {
  const isTrend = world.height % 12 < 3;
  const trend = isTrend ? (Math.floor(world.height / 24) % 2 === 0 ? -0.03 : 0.03) : 0;
  for (const k of [0, 1] as const) {
    const moved = world.prices[k] * (1 + trend + (random() - 0.5) * 0.002);
    world.prices[k] = Math.max(1_000, Math.round(moved));
  }
}

function randomSent(world: World, random: () => number): Sent {
  const account = 1 + Math.floor(random() * ACCOUNTS.length);
  const dice = random();
  if (dice < 0.75) return by(account, randomOrder(world, random));
  if (dice < 0.9) return by(account, cancelOf(world, account, random));
  if (dice < 0.93) return by(account, { kind: 'cancelAll', instrument: Math.floor(random() * 3) });
  const amount = BigInt(1 + Math.floor(random() * 5_000_000_000));
  const asset = 1 + Math.floor(random() * 2);
  const kinds = ['supply', 'redeem', 'borrow', 'repay'] as const;
  const kind = kinds[Math.floor(random() * 5)];
  if (kind !== undefined) return by(account, { kind, asset, amount });
  const to = 1 + Math.floor(random() * ACCOUNTS.length);
  return by(account, { kind: 'transfer', to, asset, amount });
}

function randomOrder(world: World, random: () => number): Action {
  const instrument = 1 + Math.floor(random() * 2);
  const tick = instrument === 1 ? 100 : 10;
  const side = random() < 0.5 ? 'buy' : 'sell';
  const mid = world.machine.state.instruments.markPrice.get(instrument);
  const away = (random() - 0.4) * 0.004 * mid * (side === 'buy' ? -1 : 1);
  const isTaker = random() < 0.1;
  return order({
    instrument,
    side,
    size: 1 + Math.floor(random() ** 2 * (isTaker ? 400_000 : 150_000)),
    price: Math.max(tick, Math.round((mid + away) / tick) * tick),
    timeInForce: random() < 0.2 ? 'immediateOrCancel' : 'goodTillCancelled',
    isReduceOnly: random() < 0.1,
    selfTrade: random() < 0.5 ? 'cancelResting' : 'cancelBoth',
    clientId: random() < 0.5 ? Math.floor(random() * 1_000_000) : 0,
  });
}

function cancelOf(world: World, account: number, random: () => number): Action {
  const ids = orderIds(world.machine.state, account);
  const id = ids[Math.floor(random() * ids.length)] ?? 1;
  return { kind: 'cancelOrder', order: id, clientId: 0 };
}
