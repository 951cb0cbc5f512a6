import type { DepthLadder, ScenarioInstrument, Side } from '../scenarios/index.ts';

/** A resting order of a depth profile, in price units and lots. */
export interface LadderOrder {
  readonly side: Side;
  readonly price: number;
  readonly lots: number;
}

/**
 * The orders of a ladder around `middle` (price units, > 0): per level one bid and one ask, bids
 * rounded down and asks up to the price unit. A bid at 0 or below is left out, as is a level of
 * less than a lot.
 */
export function ladderOrders(
  ladder: DepthLadder,
  middle: number,
  instrument: Pick<ScenarioInstrument, 'settlementUnitsPerLot'>,
): LadderOrder[] {
  const orders: LadderOrder[] = [];
  const unitsPerLot = Number(instrument.settlementUnitsPerLot);
  let notional = Number(ladder.notional);
  for (let level = 0; level < ladder.levels; level++) {
    const distance = (ladder.halfSpreadBp + level * ladder.spacingBp) / 10_000;
    const bid = Math.floor(middle * (1 - distance));
    const ask = Math.ceil(middle * (1 + distance));
    const sides = [
      { side: 'buy', price: bid },
      { side: 'sell', price: ask },
    ] as const;
    for (const { side, price } of sides) {
      if (price <= 0) continue;
      const lots = Math.min(2147483647, Math.floor(notional / (price * unitsPerLot)));
      if (lots > 0) orders.push({ side, price, lots });
    }
    notional *= ladder.growth;
  }
  return orders;
}

/**
 * What an account needs so that it can bear every order of a side being filled, in settlement
 * units: the larger side's notional, that is, no leverage at all.
 */
export function ladderFunding(
  orders: readonly LadderOrder[],
  instrument: Pick<ScenarioInstrument, 'settlementUnitsPerLot'>,
): bigint {
  let bids = 0n;
  let asks = 0n;
  for (const { side, price, lots } of orders) {
    const notional = BigInt(price) * BigInt(lots) * instrument.settlementUnitsPerLot;
    if (side === 'buy') bids += notional;
    else asks += notional;
  }
  return bids > asks ? bids : asks;
}
