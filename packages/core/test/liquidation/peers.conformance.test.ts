import { describe, expect, test } from 'vitest';
import {
  bankruptcyAdjustment,
  bankruptcyQuote,
  boundedSize,
  closedFormSize,
  distressPrice,
  insuranceDelta,
  restoredPpm,
} from '../../src/liquidation/index.ts';
import { readVectors } from '../vectors/perps/read.ts';

// dYdX's fixtures: BTC at 50,000 with 1e-8 a lot, ETH at 3,000 with 1e-9 a lot, money in 1e-6, so
// that a lot is worth 500 and 3 units; maintenance is 10 %.
const unitsPerLot: Record<string, number> = { BTC: 500, ETH: 3 };
const maintenancePpm = 100_000;

interface Position {
  readonly perp: string;
  readonly base_quantums: number;
}

function dydxAccount(usdcBalance: number, positions: readonly Position[]) {
  let equity = BigInt(usdcBalance) * 1_000_000n;
  const maintenance = positions.map(({ perp, base_quantums }) => {
    const notional = base_quantums * unitsPerLot[perp]!;
    equity += BigInt(notional);
    return BigInt(Math.abs(notional)) / 10n;
  });
  const weightSum = maintenance.reduce((sum, weight) => sum + weight, 0n);
  return { equity, maintenance, weightSum };
}

function dydxQuote(input: {
  usdc: number;
  positions: readonly Position[];
  closing: string;
  closed: number;
}) {
  const { usdc, positions, closing, closed } = input;
  const { equity, maintenance, weightSum } = dydxAccount(usdc, positions);
  const at = positions.findIndex(({ perp }) => perp === closing);
  const size = positions[at]!.base_quantums;
  return bankruptcyQuote({
    side: size > 0 ? 1 : -1,
    size: Math.abs(size),
    closedSize: closed,
    markPrice: unitsPerLot[closing]!,
    multiplier: 1,
    equity,
    weight: maintenance[at]!,
    weightSum,
  });
}

describe('dYdX: the bankruptcy price of a position is ours with equity shared by maintenance', () => {
  type Inputs = {
    usdc_balance: number;
    positions: Position[];
    closing: string;
    delta_base_quantums: number;
    position_base_quantums?: number;
  };
  type Expected = { bankruptcy_quote_quantums: number; error?: string };
  for (const { id, inputs, expected } of readVectors<Inputs, Expected>('bankruptcyQuote')) {
    test(id, () => {
      const positions = inputs.positions ?? [
        { perp: 'BTC', base_quantums: inputs.position_base_quantums! },
      ];
      const quote = () =>
        dydxQuote({
          usdc: inputs.usdc_balance ?? 0,
          positions,
          closing: inputs.closing ?? 'BTC',
          closed: Math.abs(inputs.delta_base_quantums),
        });
      if (expected.error !== undefined) expect(quote).toThrow('a close is inside the position');
      else expect(quote()).toBe(BigInt(expected.bankruptcy_quote_quantums));
    });
  }
});

describe('dYdX: the fillable price is our distress price', () => {
  type Inputs = {
    usdc_balance: number;
    positions: Position[];
    bankruptcy_adjustment_ppm: number;
    spread_to_mmr_ratio_ppm: number;
  };
  type Expected = { numerator: number; denominator: number };
  for (const { id, inputs, expected } of readVectors<Inputs, Expected>('fillablePrice')) {
    test(id, () => {
      const { equity, weightSum } = dydxAccount(inputs.usdc_balance, inputs.positions);
      const adjustment = bankruptcyAdjustment({
        marginBalance: Number(equity),
        maintenanceMargin: Number(weightSum),
        adjustmentPpm: inputs.bankruptcy_adjustment_ppm,
      });
      const leg = {
        side: inputs.positions[0]!.base_quantums > 0 ? 1 : -1,
        markPrice: unitsPerLot.BTC!,
        maintenancePpm,
        feePpm: 0,
        spreadPpm: inputs.spread_to_mmr_ratio_ppm,
        tick: 1,
      } as const;
      const price = distressPrice(leg, adjustment);
      expect(price).toBeCloseTo(expected.numerator / expected.denominator, 9);
    });
  }
});

describe('dYdX: what insurance gets or pays is our penalty and gap to the bankruptcy quote', () => {
  type Inputs = {
    usdc_balance: number;
    btc_base_quantums: number;
    is_buy: boolean;
    fill_base_quantums: number;
    fill_subticks: number;
    max_liquidation_fee_ppm: number;
  };
  type Expected = { insurance_fund_delta_quote_quantums: number };
  for (const { id, inputs, expected } of readVectors<Inputs, Expected>('insuranceDelta')) {
    test(id, () => {
      const quote =
        (BigInt(inputs.fill_base_quantums) * BigInt(inputs.fill_subticks)) / 100_000_000n;
      const delta = insuranceDelta({
        feePpm: inputs.max_liquidation_fee_ppm,
        fillQuote: inputs.is_buy ? -quote : quote,
        bankruptcyQuote: dydxQuote({
          usdc: inputs.usdc_balance,
          positions: [{ perp: 'BTC', base_quantums: inputs.btc_base_quantums }],
          closing: 'BTC',
          closed: inputs.fill_base_quantums,
        }),
      });
      expect(delta).toBe(BigInt(expected.insurance_fund_delta_quote_quantums));
    });
  }
});

describe('dYdX: a block may close the portion of a position, a position below the minimum in full', () => {
  type Inputs = {
    min_position_notional: number;
    max_position_portion_ppm: number;
    btc_base_quantums: number;
  };
  type Expected = { min_quote_quantums: number; max_quote_quantums: number };
  for (const { id, inputs, expected } of readVectors<Inputs, Expected>('positionLimit')) {
    test(id, () => {
      const { btc_base_quantums: size, max_position_portion_ppm: portion } = inputs;
      const closing = (wanted: number) =>
        unitsPerLot.BTC! *
        boundedSize({
          size: wanted,
          positionSize: size,
          depthShare: Math.floor((size * portion) / 1e6),
          notionalPerLot: unitsPerLot.BTC!,
          dustNotional: inputs.min_position_notional,
        });
      expect(closing(size)).toBe(expected.max_quote_quantums);
      // Ours has no minimum but the dust notional: it binds where the whole position is dust.
      const isDust = size * unitsPerLot.BTC! < inputs.min_position_notional;
      expect(closing(1)).toBe(isDust ? expected.min_quote_quantums : unitsPerLot.BTC!);
    });
  }
});

describe('Drift: the base to close is our closed form without a buffer, theirs rounded down', () => {
  type Inputs = {
    margin_shortage: number;
    margin_ratio: number;
    liquidator_fee: number;
    if_fee: number;
    oracle_price: number;
    quote_price: number;
  };
  type Expected = { base_amount: number };
  for (const { id, inputs, expected } of readVectors<Inputs, Expected>('baseToCover')) {
    test(id, () => {
      const size = closedFormSize({
        marginBalance: 0,
        maintenanceMargin: inputs.margin_shortage,
        bufferPpm: 0,
        epsilonPpm: restoredPpm({
          maintenancePpm: inputs.margin_ratio * 100,
          costPpm: 0,
          feePpm: inputs.liquidator_fee + inputs.if_fee,
          bufferPpm: 0,
        }),
        // Prices have six decimals, base has nine.
        notionalPerLot: (inputs.oracle_price * inputs.quote_price) / 1e15,
        sizeMax: Number.MAX_SAFE_INTEGER,
      });
      const isRounded = inputs.quote_price !== 1_000_000;
      expect(size).toBe(expected.base_amount + (isRounded ? 1 : 0));
    });
  }
});
