import {
  countedGain,
  explain,
  initialMargin,
  type LiquidationInputs,
  liquidationPriceOf,
  maintenanceMargin,
  maximumWithdrawal,
  openInterestScale,
  type ReservedOrder,
  type Tier,
  tierMargin,
  tierTable,
  unwindCost,
  weightByDeposits,
  weightBySize,
  withdrawalTest,
} from '../../../src/risk/index.ts';
import { findPosition } from '../../../src/state/index.ts';
import { addAsset, freshState } from '../../fixtures/state.ts';
import {
  addAccount,
  addMarket,
  give,
  hold,
  rest,
  setAssetParameter,
  setAssetPrice,
  setInstrumentParameter,
  setUnderlyingParameter,
} from '../../risk/portfolio.ts';
import type { FigureRunner } from '../figure.ts';

interface RequirementFigure {
  readonly tiers: readonly Tier[];
  readonly notional: number;
  readonly openInterest: number;
  readonly low: number;
  readonly high: number;
  readonly volatilityRate: number;
  readonly volatilityRateMaintenance: number;
  readonly ownRate: number;
}

interface OrderFigure extends ReservedOrder {
  readonly side: number;
}

interface AccountFigure {
  readonly tiers: readonly Tier[];
  readonly price: number;
  readonly v: number;
  readonly size: number;
  readonly entry: string;
  readonly amount: string;
  readonly lockedGain?: string;
  readonly orders?: readonly OrderFigure[];
  readonly parameters?: Readonly<Record<string, number>>;
  readonly gain?: { readonly weightPpm: number; readonly cap: number };
  readonly depth?: number;
  readonly collateral?: {
    readonly amount: string;
    readonly priceIndex: number;
    readonly priceLow: number;
    readonly parameters: Readonly<Record<string, number>>;
  };
}

export const riskRunners: Readonly<Record<string, FigureRunner>> = {
  requirement: (input: RequirementFigure) => {
    const initial = tierTable(input.tiers, 'initial');
    const maintenance = tierTable(input.tiers, 'maintenance');
    const { notional, volatilityRate, volatilityRateMaintenance, ownRate } = input;
    const scale = openInterestScale(input.openInterest, input.low, input.high);
    const rates = { scale, volatilityRate, ownRate };
    return {
      tierInitial: tierMargin(initial, notional),
      base: notional === 0 ? 0 : tierMargin(initial, notional) / notional,
      scale,
      initialOfGrowth: initialMargin(initial, notional, rates),
      initial: initialMargin(initial, notional, { ...rates, scale: 0 }),
      tierMaintenance: tierMargin(maintenance, notional),
      maintenance: maintenanceMargin(maintenance, notional, volatilityRateMaintenance),
    };
  },
  countedGains: (input: {
    readonly weight: number;
    readonly cap: number;
    readonly unrealized: Readonly<Record<string, readonly number[]>>;
  }) => {
    const netted = Object.values(input.unrealized).map((each) => each.reduce((a, b) => a + b, 0));
    return { counted: netted.reduce((sum, each) => sum + countedGain(each, input), 0) };
  },
  reserveParts: (input: AccountFigure) => {
    const { account, state } = accountOf(input);
    return explain(state, account).positions[0];
  },
  unwindCost: (input: { notional: number; rule: Parameters<typeof unwindCost>[1] }) =>
    unwindCost(input.notional, input.rule),
  withdrawal: (input: AccountFigure) => {
    const { account, state } = accountOf(input);
    return {
      ...withdrawalTest(state, account),
      maximum: maximumWithdrawal(state, account, 1),
    };
  },
  accountFigures: (input: AccountFigure) => {
    const { account, state } = accountOf(input);
    const { figures, balances } = explain(state, account);
    return { ...figures, collateral: balances[1] };
  },
  collateralWeight: (input: {
    readonly weight: number;
    readonly sizePpm: number;
    readonly value: number;
    readonly start: number;
    readonly total: number;
  }) => {
    const bySize = weightBySize(input.weight, input.sizePpm, input.value);
    return { bySize, byDeposits: weightByDeposits(bySize, input.start, input.total) };
  },
  liquidationPrice: (
    input: Omit<LiquidationInputs, 'tiers'> & { readonly tiers: readonly Tier[] },
  ) => liquidationPriceOf({ ...input, tiers: tierTable(input.tiers, 'maintenance') }),
};

/** One account with one position, its orders, and perhaps collateral besides. */
function accountOf(input: AccountFigure) {
  const state = freshState();
  const market = addMarket(state, input.price, input.tiers);
  state.instruments.multiplier.set(market, input.v);
  state.instruments.depthBid.set(market, input.depth ?? 0);
  state.instruments.depthAsk.set(market, input.depth ?? 0);
  for (const [name, value] of Object.entries(input.parameters ?? {})) {
    setInstrumentParameter(state, market, { name: name as 'takerFeePpm', value });
  }
  if (input.gain !== undefined) {
    const { weightPpm, cap } = input.gain;
    setUnderlyingParameter(state, 1, { name: 'gainWeightPpm', value: weightPpm });
    setUnderlyingParameter(state, 1, { name: 'gainCap', value: cap });
  }
  const account = addAccount(state, BigInt(input.amount));
  hold(state, account, { instrument: market, size: input.size, price: 0 });
  for (const { side, lots, limit } of input.orders ?? []) {
    rest(state, account, { instrument: market, side, lots, price: limit });
  }
  const row = findPosition(state, account, market);
  state.positions.entry.set(row, BigInt(input.entry));
  state.positions.lockedGain.set(row, BigInt(input.lockedGain ?? '0'));
  if (input.collateral !== undefined) {
    const asset = addAsset(state, 1);
    const { amount, priceIndex, priceLow, parameters } = input.collateral;
    setAssetPrice(state, asset, priceIndex);
    state.assets.priceLow.set(asset, priceLow);
    for (const [name, value] of Object.entries(parameters)) {
      setAssetParameter(state, asset, { name: name as 'haircutInitialPpm', value });
    }
    give(state, account, asset, BigInt(amount));
  }
  return { account, state };
}
