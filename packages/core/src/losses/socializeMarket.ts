import { settle } from '../ledger/index.ts';
import { amountDown, amountUp } from '../math/index.ts';
import { prunePosition } from '../positions/index.ts';
import { initialMargin, initialTiers } from '../risk/index.ts';
import { MARKET_STATE, SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { sizeOf } from '../venue/index.ts';
import { socializeLoss } from './formulas/socialize.ts';
import { chargeGain, equityDown, gainIn } from './gains.ts';

const PPM = 1_000_000;

/**
 * Spreads a loss of an instrument over everybody in it: gains, then principal, then bad debt, which
 * closes the market to new risk. Spec: waterfall 5.
 */
export function socializeMarket(
  state: State,
  market: { readonly instrument: number; readonly holders: readonly number[] },
  loss: bigint,
): void {
  const { instrument, holders } = market;
  if (loss > 0n) {
    const notionals = holders.map((account) => notionalOf(state, account, instrument));
    const result = socializeLoss({
      loss,
      gains: holders.map((account) => gainIn(state, account, instrument)),
      equities: holders.map((account) => equityDown(state, account)),
      notionals: notionals.map((notional) => amountUp(notional)),
      initialMargins: holders.map((account, i) =>
        amountDown(initialMarginOf(state, account, { instrument, notional: notionals[i] ?? 0 })),
      ),
    });
    holders.forEach((account, i) => {
      takeGain(state, account, { instrument, amount: result.fromGains[i] ?? 0n });
      takePrincipal(state, account, { instrument, amount: result.fromPrincipal[i] ?? 0n });
    });
    recordBadDebt(state, instrument, result.badDebt);
  }
  for (const account of holders) prunePosition(state, account, instrument);
}

interface Loss {
  readonly instrument: number;
  readonly amount: bigint;
}

function takeGain(state: State, account: number, loss: Loss): void {
  if (loss.amount === 0n) return;
  chargeGain(state, account, loss);
  report(state, account, { ...loss, step: 'gains' });
}

function takePrincipal(state: State, account: number, loss: Loss): void {
  if (loss.amount === 0n) return;
  settle(state, account, -loss.amount);
  report(state, account, { ...loss, step: 'principal' });
}

function report(
  state: State,
  account: number,
  loss: Loss & { readonly step: 'gains' | 'principal' },
): void {
  const { instrument, amount, step } = loss;
  const asset = SETTLEMENT_ASSET;
  state.events.push({ kind: 'lossSocialized', instrument, asset, account, amount, step });
}

/** What nobody in the market can bear; it is closed to new risk. */
function recordBadDebt(state: State, instrument: number, amount: bigint): void {
  if (amount === 0n) return;
  state.instruments.badDebt.add(instrument, amount);
  state.events.push({ kind: 'badDebtRecorded', instrument, asset: SETTLEMENT_ASSET, amount });
  if (state.instruments.state.get(instrument) !== MARKET_STATE.open) return;
  state.instruments.state.set(instrument, MARKET_STATE.reduceOnly);
  state.events.push({ kind: 'marketStateChanged', instrument, state: 'reduceOnly' });
}

function notionalOf(state: State, account: number, instrument: number): number {
  const { markPrice, multiplier } = state.instruments;
  const lots = Math.abs(sizeOf(state, account, instrument));
  return lots * markPrice.get(instrument) * multiplier.get(instrument);
}

/** IM of the position alone: no order, no scaling. */
function initialMarginOf(
  state: State,
  account: number,
  position: { readonly instrument: number; readonly notional: number },
): number {
  return initialMargin(initialTiers(state, position.instrument), position.notional, {
    scale: 0,
    volatilityRate: state.instruments.initialRate.get(position.instrument),
    ownRate: state.accounts.ownRatePpm.get(account) / PPM,
  });
}
