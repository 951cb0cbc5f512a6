import type { Facts } from '../math/index.ts';
import {
  INDEX_STATUS,
  RATE_RING,
  SETTLEMENT_ASSET,
  SOURCES_PER_UNDERLYING,
  underlyingParameters,
} from '../schema/index.ts';
import { type State, timeMs, underlyingParameter } from '../state/index.ts';
import { isIndexOk } from './evidence.ts';

// What must be true of prices after every block, as facts for a checker. Nothing here writes.

/** A claim that does not hold, and the figures that show it. */
export interface Violation {
  readonly claim: string;
  readonly facts: Facts;
}

/**
 * Everything about prices that is not as it must be after a block; empty in a sound state. An
 * underlying whose publishers, parameters or guard changed in this very block is left out: its
 * frozen status is that of the price phase before. Spec: oracle 9.8.
 */
export function oracleViolations(state: State): Violation[] {
  const violations: Violation[] = [];
  const count = state.machine.underlyingCount.get(0);
  for (let underlying = 1; underlying <= count; underlying++) {
    if (hasChangedRules(state, underlying)) continue;
    for (const [claim, isTrue] of indexClaims(state, underlying)) {
      if (!isTrue) violations.push({ claim, facts: factsOf(state, underlying) });
    }
  }
  return [...violations, ...assetViolations(state)];
}

/**
 * Underlyings without an ok index in whose instruments open interest grew since the price phase
 * (invariant I9): the opens that no evidence allowed. Needs the marks of the block to be frozen.
 */
export function opensWithoutEvidence(state: State): Violation[] {
  const { instruments, machine } = state;
  const violations: Violation[] = [];
  const count = machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    const underlying = instruments.underlying.get(instrument);
    const before = instruments.openInterestFrozen.get(instrument);
    const after = instruments.openInterest.get(instrument);
    if (after <= before || isIndexOk(state, underlying)) continue;
    const facts = { instrument, underlying, before, after };
    violations.push({ claim: 'open interest grows only while the index is ok', facts });
  }
  return violations;
}

/** The claims on one underlying, each with whether it holds. */
function indexClaims(state: State, underlying: number): [string, boolean][] {
  const { underlyings: u } = state;
  const status = u.status.get(underlying);
  const index = u.index.get(underlying);
  const [low, high] = [u.plausibleLow.get(underlying), u.plausibleHigh.get(underlying)];
  const isNone = status === INDEX_STATUS.none;
  const isOk = status === INDEX_STATUS.ok;
  const ageMs = timeMs(state) - u.acceptedMs.get(underlying);
  const staleAfterMs = underlyingParameter(state, underlying, underlyingParameters.staleAfterMs);
  const isWaiting = u.pendingCounter.get(underlying) > 0 || u.disputedMs.get(underlying) > 0;
  const isMuch = status === INDEX_STATUS.stale || status === INDEX_STATUS.halted;
  const newest = u.rateRing.get(underlying * RATE_RING + u.rateSlot.get(underlying));
  return [
    ['an underlying has a status if and only if it has an index', isNone === (index === 0)],
    ['an index was accepted in the past', ageMs >= 0],
    [
      'an ok index is fresh, undisputed and nothing waits',
      !isOk || (ageMs < staleAfterMs && !isWaiting),
    ],
    ['an index that is not ok has a reason', isOk || isNone || isMuch || isWaiting],
    ['the time without an ok index is counted', isOk === (u.notOkSinceMs.get(underlying) === 0)],
    [
      'the index lies in its plausible range',
      isNone || (low >= 1 && low <= index && index <= high),
    ],
    ['the range of an ok index is the index', !isOk || low === high],
    ['an index has a slow price', isNone === (u.slowPrice.get(underlying) === 0)],
    ['an index accepted now lies within what the sources say', isWithinSources(state, underlying)],
    ['the newest rate of the ring is the one in force', newest === u.rate.get(underlying)],
    ['the maintenance rate was published', isNone || isPublished(state, underlying)],
    ['no observation waits for a price phase', u.isObserved.get(underlying) === 0],
  ];
}

function isWithinSources(state: State, underlying: number): boolean {
  const { sources, underlyings } = state;
  const index = underlyings.index.get(underlying);
  const now = timeMs(state);
  if (index === 0 || underlyings.acceptedMs.get(underlying) !== now) return true;
  const ageMaxMs = underlyingParameter(state, underlying, underlyingParameters.observationAgeMaxMs);
  const prices: number[] = [];
  for (let source = 0; source < SOURCES_PER_UNDERLYING; source++) {
    const row = underlying * SOURCES_PER_UNDERLYING + source;
    const isFresh = now - sources.timeMs.get(row) <= ageMaxMs;
    if (isFresh && sources.weight.get(row) > 0) prices.push(sources.price.get(row));
  }
  return Math.min(...prices) <= index && index <= Math.max(...prices);
}

function isPublished(state: State, underlying: number): boolean {
  const { maintenanceRate, rateRing } = state.underlyings;
  for (let slot = 0; slot < RATE_RING; slot++) {
    if (rateRing.get(underlying * RATE_RING + slot) === maintenanceRate.get(underlying))
      return true;
  }
  return false;
}

/** Assets whose frozen prices are not those that the frozen indexes give. */
function assetViolations(state: State): Violation[] {
  const violations: Violation[] = [];
  const listed = state.events.filter(({ kind }) => kind === 'assetListed').length;
  const count = state.machine.assetCount.get(0) - listed;
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    for (const [name, recomputed] of recomputedPrices(state, asset)) {
      const frozen = state.assets[name].get(asset);
      if (frozen === recomputed) continue;
      const facts = { asset, price: name, frozen, recomputed };
      violations.push({ claim: 'a frozen price equals its recomputation', facts });
    }
  }
  return violations;
}

type PriceName = 'priceIndex' | 'priceLow' | 'priceHigh' | 'priceFloor' | 'priceCeiling';

function recomputedPrices(state: State, asset: number): [PriceName, number][] {
  const { assets, underlyings: u } = state;
  const underlying = assets.underlying.get(asset);
  const isUnit = asset === SETTLEMENT_ASSET || underlying === 0;
  const worth = (price: number): number =>
    isUnit ? 1 : (price * assets.valueNumerator.get(asset)) / assets.valueDenominator.get(asset);
  const index = worth(u.index.get(underlying));
  const slow = worth(u.slowPrice.get(underlying));
  return [
    ['priceIndex', index],
    ['priceLow', Math.min(index, slow)],
    ['priceHigh', Math.max(index, slow)],
    ['priceFloor', worth(u.plausibleLow.get(underlying))],
    ['priceCeiling', worth(u.plausibleHigh.get(underlying))],
  ];
}

function hasChangedRules(state: State, underlying: number): boolean {
  return state.events.some(
    (event) =>
      ((event.kind === 'publisherSet' || event.kind === 'indexDisputed') &&
        event.underlying === underlying) ||
      (event.kind === 'underlyingListed' && event.underlying === underlying) ||
      (event.kind === 'parameterChanged' &&
        event.scope === 'underlying' &&
        event.target === underlying),
  );
}

function factsOf(state: State, underlying: number): Facts {
  const { underlyings: u } = state;
  return {
    underlying,
    timeMs: timeMs(state),
    index: u.index.get(underlying),
    status: u.status.get(underlying),
    acceptedMs: u.acceptedMs.get(underlying),
    pendingCounter: u.pendingCounter.get(underlying),
    disputedMs: u.disputedMs.get(underlying),
    notOkSinceMs: u.notOkSinceMs.get(underlying),
    plausibleLow: u.plausibleLow.get(underlying),
    plausibleHigh: u.plausibleHigh.get(underlying),
    slowPrice: u.slowPrice.get(underlying),
    rate: u.rate.get(underlying),
    maintenanceRate: u.maintenanceRate.get(underlying),
  };
}
