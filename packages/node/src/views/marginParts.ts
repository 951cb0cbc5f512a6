import type { ValueOf } from '@plimsoll/api/routes';
import { readName } from '@plimsoll/core/governance';
import { bankruptcyPrice, bankruptcyWeights } from '@plimsoll/core/liquidation';
import { amountDown, amountUp } from '@plimsoll/core/math';
import {
  type Explanation,
  explain,
  isExempt,
  liquidationPrice,
  liquidationVerdict,
  type PositionPart,
  VERDICT,
  withdrawalTest,
} from '@plimsoll/core/risk';
import { LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { amountIn, type MarketUnits, marketUnitsOf, moneyOf } from './units.ts';

// The margin of an account as it is shown. The engine judges by doubles; a figure that counts for
// the account is shown rounded down, one that counts against it rounded up. Spec: api 3.

type Figures = ValueOf<'MarginFigures'>;
type Margin = ValueOf<'Margin'>;

/** The margin of an account, real or hypothetical, with all parts by name. */
export function marginOf(state: State, account: number): Margin {
  const explanation = explain(state, account);
  const money = moneyOf(state);
  const prices = positionPrices(state, explanation);
  const { available, required } = withdrawalTest(state, account);
  return {
    figures: figuresView(state, explanation),
    balances: explanation.balances.map((part) => balanceMargin(state, part)),
    positions: explanation.positions.map((part, i) => {
      const { liquidation, bankruptcy } = prices[i] ?? NO_PRICES;
      return positionMargin(state, part, { liquidation, bankruptcy });
    }),
    gains: explanation.gains.map((part) => ({
      asset: money.asset,
      underlying: readName(state.underlyings.name, part.underlying),
      netted: money.down(part.netted),
      counted: money.down(part.counted),
      loss: money.down(part.loss),
    })),
    withdrawal: {
      available: money.amountDown(available),
      required: money.amountUp(required),
      isExempt: isExempt(state, account),
    },
    verdict: verdictOf(state, explanation),
  };
}

/** The figures alone. */
export function figuresOf(state: State, account: number): Figures {
  return figuresView(state, explain(state, account));
}

export function figuresView(state: State, explanation: Explanation): Figures {
  const { figures } = explanation;
  const { asset, down, up } = moneyOf(state);
  return {
    asset,
    equity: down(figures.equity),
    marginBalance: down(figures.marginBalance),
    maintenance: up(figures.maintenance),
    health: down(figures.health),
    initialBalance: down(figures.initialBalance),
    initial: up(figures.initial),
    freeMargin: down(figures.freeMargin),
    unrealized: down(figures.unrealized),
    funding: up(figures.funding),
    notional: up(figures.notional),
    lockedGain: up(figures.lockedGain),
    marginRatio: ratio(figures.maintenance, figures.marginBalance),
    leverage: ratio(figures.notional, figures.equity),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

type BalanceShown = ValueOf<'BalanceMargin'>;

function balanceMargin(state: State, part: Explanation['balances'][number]): BalanceShown {
  const money = moneyOf(state);
  const { asset } = part;
  return {
    amount: amountIn(state, asset, amountDown(part.amount)),
    supplied: amountIn(state, asset, amountDown(part.supplied)),
    owed: amountIn(state, asset, amountUp(part.debt)),
    held: amountIn(state, asset, amountDown(part.held)),
    value: money.amountDown(part.value),
    maintenanceWeight: part.maintenanceWeight,
    maintenanceValue: money.amountDown(part.maintenanceValue),
    initialWeight: part.initialWeight,
    initialValue: money.amountDown(part.initialValue),
  };
}

function positionMargin(
  state: State,
  part: PositionPart,
  prices: PositionPrices,
): ValueOf<'PositionMargin'> {
  const { asset, down, up } = moneyOf(state);
  const units = marketUnitsOf(state, part.instrument);
  return {
    asset,
    instrument: part.instrument,
    name: units.name,
    size: units.size(part.size),
    lots: part.size,
    entryPrice: entryPrice(units, part),
    markPrice: units.orNull(part.markPrice),
    notional: up(part.notional),
    unrealized: down(part.unrealized),
    unrealizedNewRisk: down(part.unrealizedNewRisk),
    funding: up(part.funding),
    maintenance: up(part.maintenance),
    worstLots: part.worstLots,
    initial: up(part.initial),
    bidLoss: up(part.bidLoss),
    askLoss: up(part.askLoss),
    fee: up(part.fee),
    reserve: up(part.reserve),
    lockedGain: up(part.lockedGain),
    ...priceTexts(units, part, prices),
  };
}

/** What the open size was bought for on average; null without one. */
export function entryPrice(units: MarketUnits, part: PositionPart): string | null {
  const { size, markPrice, unrealized } = part;
  return size === 0 ? null : units.finer(markPrice - unrealized / (size * units.multiplier));
}

/** Where the account would be liquidated and where it would have nothing left, in price units. */
export interface PositionPrices {
  readonly liquidation: number | null;
  readonly bankruptcy: number | null;
}

const NO_PRICES: PositionPrices = { liquidation: null, bankruptcy: null };

/** As decimals, rounded towards the mark: what is shown is reached no later than it happens. */
export function priceTexts(
  units: MarketUnits,
  part: PositionPart,
  prices: PositionPrices,
): { readonly liquidationPrice: string | null; readonly bankruptcyPrice: string | null } {
  const { liquidation, bankruptcy } = prices;
  const toMark = part.size > 0 ? Math.ceil : Math.floor;
  return {
    liquidationPrice: liquidation === null ? null : units.text(toMark(liquidation)),
    bankruptcyPrice: bankruptcy === null ? null : units.text(bankruptcy),
  };
}

/** One per position of an explanation, in its order. */
export function positionPrices(state: State, explanation: Explanation): PositionPrices[] {
  const { account, figures, positions } = explanation;
  const weights = bankruptcyWeights(
    positions.map((part) => amountUp(part.maintenance)),
    positions.map((part) => amountUp(part.notional)),
  );
  let weightSum = 0n;
  positions.forEach((_, i) => {
    weightSum += weights[i] ?? 0n;
  });
  const equity = amountDown(figures.equity);
  return positions.map(({ instrument, size, markPrice }, i) => {
    if (size === 0 || markPrice === 0 || weightSum === 0n) return NO_PRICES;
    const lots = Math.abs(size);
    const bankruptcy = bankruptcyPrice({
      side: size > 0 ? 1 : -1,
      size: lots,
      closedSize: lots,
      markPrice,
      multiplier: state.instruments.multiplier.get(instrument),
      equity,
      weight: weights[i] ?? 0n,
      weightSum,
    });
    return {
      liquidation: liquidationPrice(state, account, instrument),
      bankruptcy: bankruptcy > 0 ? bankruptcy : null,
    };
  });
}

function verdictOf(state: State, explanation: Explanation): Margin['verdict'] {
  const { account, figures } = explanation;
  const stage = state.accounts.liquidationStage.get(account);
  if (stage !== LIQUIDATION_STAGE.none) return 'inLiquidation';
  const verdict = liquidationVerdict(state, account);
  if (verdict === VERDICT.liquidatable) return 'liquidatable';
  if (verdict !== VERDICT.healthy) return 'waits';
  return figures.freeMargin < 0 ? 'mayOnlyReduce' : 'healthy';
}
