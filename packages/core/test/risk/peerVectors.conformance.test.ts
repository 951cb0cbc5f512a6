import { describe, expect, test } from 'vitest';
import {
  freeMargin,
  initialMargin,
  isLiquidatable,
  liquidationPriceOf,
  maintenanceMargin,
  openInterestScale,
  tierMargin,
  tierTable,
  weightByDeposits,
  weightBySize,
} from '../../src/risk/index.ts';
import { addAsset, freshState } from '../fixtures/state.ts';
import vectors from '../vectors/perps/risk.json' with { type: 'json' };
import {
  addAccount,
  addMarket,
  give,
  hold,
  setAssetParameter,
  setAssetPrice,
} from './portfolio.ts';

// Published figures of peers, reproduced by parameters. docs/spec/peers.md lists every id.

type Inputs = Readonly<Record<string, any>>;
/** Our figure, in the unit of the peer. */
const ours: Readonly<Record<string, (inputs: Inputs, id: string) => unknown>> = {
  // Without caps there is no scaling: our bounds at their initial values, above all open interest.
  'dydx-oimf': (inputs) => ({ effective_imf_ppm: Math.floor(scaledRate(inputs) * 1e6) }),
  'dydx-imr': (inputs) => {
    const notional = inputs.position_notional_quote_quantums;
    const table = tierTable([oneTier(inputs.base_imf_ppm, 0)], 'initial');
    const rates = { scale: scaleOf(inputs), volatilityRate: 0, ownRate: 0 };
    return { imr_quote_quantums: Math.ceil(initialMargin(table, notional, rates)) };
  },
  'dydx-mmf': (inputs) => {
    const ratePpm = (inputs.initial_margin_ppm * inputs.maintenance_fraction_ppm) / 1e6;
    const table = tierTable([oneTier(inputs.initial_margin_ppm, ratePpm)], 'maintenance');
    return { maintenance_margin_ppm: Math.floor(maintenanceMargin(table, 1e6, 0)) };
  },
  // A long of 10,000 at a rate that requires `mmr`, bought so that `net_collateral` is left.
  'dydx-isliq': (inputs) => {
    const state = freshState();
    const market = addMarket(state, 100, [oneTier(1e6, inputs.mmr * 100)]);
    const account = addAccount(state, BigInt(inputs.net_collateral));
    hold(state, account, { instrument: market, size: 100, price: 100 });
    return { liquidatable: isLiquidatable(state, account) };
  },
  // 1e-8 BTC a lot, micro-dollars a unit: 50,000 is 500 units per lot.
  'dydx-acctliq': (inputs) => {
    const state = freshState();
    const market = addMarket(state, 500, [oneTier(200_000, 100_000)]);
    const account = addAccount(state, 0n);
    const row = hold(state, account, {
      instrument: market,
      size: inputs.btc_base_quantums,
      price: 0,
    });
    state.positions.entry.set(row, BigInt(-inputs.usdc_balance) * 1_000_000n);
    return { liquidatable: isLiquidatable(state, account) };
  },
  'hl-tier': (inputs) => {
    const tiers = inputs.tiers.map(([lowerBound, leverage]: [number, number]) => ({
      ...oneTier(1e6 / leverage, 1e6 / (2 * leverage)),
      lowerBound,
    }));
    return { maintenance_margin: tierMargin(tierTable(tiers, 'maintenance'), inputs.notional) };
  },
  'hl-liqprice': (inputs) => {
    const { side, mark, size, account_value: value, max_leverage: leverage } = inputs;
    const tiers = tierTable([oneTier(1e6 / leverage, 1e6 / (2 * leverage))], 'maintenance');
    const health = value - tierMargin(tiers, mark * size);
    const signed = side * size;
    const at = { size: signed, price: mark, v: 1, health, tiers, volatilityRate: 0, widthMax: 1 };
    return { liq_price: liquidationPriceOf(at) };
  },
  'hl-pm': (inputs) => {
    const state = freshState();
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, inputs.oracle_price);
    const value = (1 - inputs.ltv) * 1e6;
    setAssetParameter(state, asset, { name: 'haircutInitialPpm', value });
    const account = addAccount(state, 0n);
    give(state, account, asset, BigInt(inputs.token_balance));
    return { borrowable: freeMargin(state, account) };
  },
  'drift-imfweight': (inputs) => {
    const value = inputs.token_amount_6dec / 1e6;
    const weight = weightBySize(inputs.base_weight / 1e4, inputs.imf_factor, value);
    return { weight: Math.floor(weight * 1e4) };
  },
  'drift-fillweight': (inputs) => {
    const base = inputs.margin_type === 'initial' ? 0.15 : 0.75;
    return { asset_weight: weightBySize(base, inputs.imf_factor, 100_000) * 1e4 };
  },
  'drift-scaleweight': (inputs) => {
    const start = inputs.scale_start_usd / inputs.price;
    const weight = inputs.initial_weight / 1e4;
    return { weight: weightByDeposits(weight, start, inputs.total_deposits_tokens) * 1e4 };
  },
  // Only -09: three deposits whose weights are scaled by total deposits.
  'mango-health': (inputs) => {
    const [prices, weights] = [
      [1, 5, 10],
      [0.8, 0.5, 0.5],
    ];
    const held = [inputs.token1, inputs.token2, inputs.token3];
    return {
      init_health: held.reduce((sum: number, amount: number, k: number) => {
        const price = prices?.[k] as number;
        const start = inputs.scale_start_quote[k] / price;
        const weight = weightByDeposits(weights?.[k] as number, start, inputs.total_deposits[k]);
        return sum + amount * price * weight;
      }, 0),
    };
  },
};

function oneTier(initialPpm: number, maintenancePpm: number) {
  return { lowerBound: 0, initialPpm, maintenancePpm };
}

function scaleOf(inputs: Inputs): number {
  const isOff = inputs.oi_lower_cap === 0 && inputs.oi_upper_cap === 0;
  const [low, high] = isOff ? [9e15, 9e15] : [inputs.oi_lower_cap, inputs.oi_upper_cap];
  return openInterestScale(inputs.open_notional, low, high);
}

function scaledRate(inputs: Inputs): number {
  const table = tierTable([oneTier(inputs.base_imf_ppm, 0)], 'initial');
  const rates = { scale: scaleOf(inputs), volatilityRate: 0, ownRate: 0 };
  return initialMargin(table, 1e6, rates) / 1e6;
}

describe('published margin figures of peers', () => {
  for (const { id, inputs, expected, description } of vectors.applies) {
    test(`${id}: ${description}`, () => {
      const family = id.slice(0, id.lastIndexOf('-'));
      const figure = ours[family]?.(inputs, id) as Inputs;
      for (const [name, value] of Object.entries(expected)) {
        if (typeof value === 'number') expect(figure[name]).toBeCloseTo(value, 5);
        else expect(figure[name]).toBe(value);
      }
    });
  }

  test('what does not apply has a reason', () => {
    expect(vectors.applies.length).toBeGreaterThan(25);
    for (const reason of Object.values(vectors.doesNotApply)) {
      expect(reason.length).toBeGreaterThan(10);
    }
  });
});
