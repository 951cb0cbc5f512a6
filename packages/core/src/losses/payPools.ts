import { drawFund, drawPool } from '../ledger/index.ts';
import { fundAvailable, poolAvailable } from '../liquidation/index.ts';
import { assert } from '../math/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { payDeficits } from './formulas/waterfall.ts';

/** A market with deficits in a block: an instrument, or the lending market of an asset. */
export interface DeficitMarket {
  /** 0 for a lending market. */
  readonly instrument: number;
  /** 0 for an instrument. */
  readonly asset: number;
  readonly deficit: bigint;
}

/**
 * Draws what pools and the shared fund pay for the deficits of a block, all at once, and returns
 * what each market lacks after it. Spec: waterfall 3.
 */
export function payPools(state: State, markets: readonly DeficitMarket[]): bigint[] {
  const deficits = markets.map((market) => market.deficit);
  const pools = markets.map((market) => {
    const { instrument } = market;
    return instrument === 0 ? 0n : poolAvailable(state, instrument);
  });
  const fundCapsLeft = markets.map((market) => fundAvailable(state, market.instrument));
  const fund = fundAvailable(state, 0);
  const { fromPool, fromFund, unpaid } = payDeficits({
    deficits,
    poolAmounts: pools,
    poolCapsLeft: pools,
    fundCapsLeft,
    fundAmount: fund,
    fundCapLeft: fund,
  });
  markets.forEach((market, m) => {
    draw(state, market, { pool: fromPool[m] ?? 0n, fund: fromFund[m] ?? 0n });
  });
  return unpaid;
}

function draw(
  state: State,
  market: DeficitMarket,
  paid: { readonly pool: bigint; readonly fund: bigint },
): void {
  const { instrument, asset } = market;
  const common = { kind: 'poolDrawn', market: instrument } as const;
  const inAsset = asset === 0 ? SETTLEMENT_ASSET : asset;
  if (paid.pool > 0n) {
    const drawn = drawPool(state, instrument, paid.pool);
    assert(drawn === paid.pool, 'a pool pays what it can', { instrument, drawn });
    state.events.push({ ...common, instrument, asset: inAsset, amount: drawn });
  }
  if (paid.fund > 0n) {
    const drawn = drawFund(state, instrument, paid.fund);
    assert(drawn === paid.fund, 'the shared fund pays what it can', { instrument, drawn });
    state.events.push({ ...common, instrument: 0, asset: inAsset, amount: drawn });
  }
}
