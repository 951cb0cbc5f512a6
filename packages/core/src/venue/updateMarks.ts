import { rateForNewRisk } from '../oracle/index.ts';
import { averagePremium, fundingRate, premiumSample } from '../positions/index.ts';
import { INDEX_STATUS, instrumentParameters, TIERS_MAX } from '../schema/index.ts';
import { instrumentParameter, type State, timeMs } from '../state/index.ts';
import { markPrice, secondPrice, stepBasis } from './markPrice.ts';

// The price phase of instruments: mark and its companions frozen for the block, premium samples and
// funding rates. Book figures are those of the end of the last block. Spec: venue 10.

const PPM = 1_000_000;
const HOUR_MS = 3_600_000;

/** Freezes the marks and rates of every listed instrument for the block. */
export function updateMarks(state: State): void {
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    const underlying = state.instruments.underlying.get(instrument);
    if (state.underlyings.index.get(underlying) === 0) continue;
    if (state.underlyings.status.get(underlying) === INDEX_STATUS.ok) stepBases(state, instrument);
    state.instruments.markMs.set(instrument, timeMs(state));
    settleFundingRate(state, instrument);
    if (state.underlyings.status.get(underlying) === INDEX_STATUS.ok) {
      samplePremium(state, instrument);
    }
    freeze(state, instrument);
  }
}

/** The mean of the impact prices of the last block, or undefined when a side is missing. */
function impactMid(state: State, instrument: number): number | undefined {
  const bid = state.instruments.impactBid.get(instrument);
  const ask = state.instruments.impactAsk.get(instrument);
  return bid > 0 && ask > 0 ? (bid + ask) / 2 : undefined;
}

/** Moves both bases toward the book; they stand still without a book or without an ok index. */
function stepBases(state: State, instrument: number): void {
  const { instruments, underlyings } = state;
  const since = instruments.markMs.get(instrument);
  if (impactMid(state, instrument) === undefined || since === 0) return;
  const step = {
    mid: instruments.bookMid.get(instrument),
    index: underlyings.index.get(instruments.underlying.get(instrument)),
    bandPpm: instrumentParameter(state, instrument, instrumentParameters.basisBandPpm),
    dtMs: timeMs(state) - since,
  };
  const tauMs = instrumentParameter(state, instrument, instrumentParameters.basisTauMs);
  const slowTauMs = instrumentParameter(state, instrument, instrumentParameters.basisSlowTauMs);
  const { basis, basisSlow } = instruments;
  basis.set(instrument, stepBasis(basis.get(instrument), { ...step, tauMs }));
  basisSlow.set(instrument, stepBasis(basisSlow.get(instrument), { ...step, tauMs: slowTauMs }));
}

/** Sets the rate of the next interval when one has ended. Intervals lie on a grid of block time. */
function settleFundingRate(state: State, instrument: number): void {
  const { instruments } = state;
  const now = timeMs(state);
  const intervalMs = instrumentParameter(state, instrument, instrumentParameters.fundingIntervalMs);
  if (now < instruments.fundingStartMs.get(instrument) + intervalMs) return;
  const sampleMs = instrumentParameter(state, instrument, instrumentParameters.fundingSampleMs);
  const samples = instruments.premiumCount.get(instrument);
  const average = averagePremium({
    sum: instruments.premiumSum.get(instrument),
    count: samples,
    expected: Math.floor(intervalMs / sampleMs),
  });
  const rateNano = fundingRate(average, {
    interestNano: instrumentParameter(state, instrument, instrumentParameters.fundingInterestNano),
    clampNano: instrumentParameter(state, instrument, instrumentParameters.fundingClampNano),
    capNano: instrumentParameter(state, instrument, instrumentParameters.fundingCapNano),
    initialPpm: instruments.tierInitial.get(instrument * TIERS_MAX),
    maintenancePpm: instruments.tierMaintenance.get(instrument * TIERS_MAX),
  });
  instruments.fundingRateNano.set(instrument, rateNano);
  instruments.fundingStartMs.set(instrument, Math.floor(now / intervalMs) * intervalMs);
  instruments.premiumSum.set(instrument, 0);
  instruments.premiumCount.set(instrument, 0);
  state.events.push({
    kind: 'fundingRateSet',
    instrument,
    rateNanoPerHour: rateNano,
    premiumNano: average ?? 0,
    samples,
  });
}

/** Takes a premium sample when one is due, at most one a block. */
function samplePremium(state: State, instrument: number): void {
  const { instruments, underlyings } = state;
  const now = timeMs(state);
  if (now < instruments.premiumMs.get(instrument)) return;
  const sampleMs = instrumentParameter(state, instrument, instrumentParameters.fundingSampleMs);
  const index = underlyings.index.get(instruments.underlying.get(instrument));
  const impact = {
    bid: instruments.impactBid.get(instrument),
    ask: instruments.impactAsk.get(instrument),
  };
  instruments.premiumSum.add(instrument, premiumSample(index, impact));
  instruments.premiumCount.add(instrument, 1);
  instruments.premiumMs.set(instrument, (Math.floor(now / sampleMs) + 1) * sampleMs);
}

/** Writes what the block holds on to: prices, volatility rates, open interest. */
function freeze(state: State, instrument: number): void {
  const { instruments, underlyings } = state;
  const underlying = instruments.underlying.get(instrument);
  const index = underlyings.index.get(underlying);
  const basis = instruments.basis.get(instrument);
  const intervalMs = instrumentParameter(state, instrument, instrumentParameters.fundingIntervalMs);
  const { price } = markPrice({
    index,
    basis,
    impactMid: impactMid(state, instrument),
    fundingRateNano: (instruments.fundingRateNano.get(instrument) * intervalMs) / HOUR_MS,
    bandPpm: instrumentParameter(state, instrument, instrumentParameters.markBandPpm),
  });
  if (price !== instruments.markPrice.get(instrument)) {
    instruments.markPrice.set(instrument, price);
    state.events.push({ kind: 'markUpdated', instrument, price });
  }
  const slow = underlyings.slowPrice.get(underlying);
  const slowMark = (slow > 0 ? slow : index) + basis;
  const weight = instrumentParameter(
    state,
    instrument,
    instrumentParameters.volatilityMaintenancePpm,
  );
  instruments.indexMark.set(instrument, secondPrice(index, instruments.basisSlow.get(instrument)));
  instruments.longPrice.set(instrument, Math.min(price, slowMark));
  instruments.shortPrice.set(instrument, Math.max(price, slowMark));
  instruments.initialRate.set(
    instrument,
    rateForNewRisk({
      rate: underlyings.rate.get(underlying),
      target: underlyings.target.get(underlying),
    }),
  );
  instruments.maintenanceRate.set(
    instrument,
    (weight / PPM) * underlyings.maintenanceRate.get(underlying),
  );
  instruments.openInterestFrozen.set(instrument, instruments.openInterest.get(instrument));
}
