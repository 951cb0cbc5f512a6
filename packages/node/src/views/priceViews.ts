import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { readName } from '@plimsoll/core/governance';
import { INDEX_STATUS, SOURCES_PER_UNDERLYING, underlyingParameters } from '@plimsoll/core/schema';
import { readAddress, type State, timeMs, underlyingParameter } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import { underlyingNamed } from './ask.ts';
import type { ReadContext } from './context.ts';
import { momentOf, nameOf, pricesOf } from './units.ts';

const PPM = 1_000_000;

type Source = ValueOf<'Source'>;

export function underlyings({ machine: { state } }: ReadContext): AnswerOf<'underlyings'> {
  const count = state.machine.underlyingCount.get(0);
  return { underlyings: Array.from({ length: count }, (_, i) => underlyingView(state, i + 1)) };
}

export function underlying(context: ReadContext, question: Question): AnswerOf<'underlying'> {
  const { state } = context.machine;
  const id = underlyingNamed(state, question.params.underlying);
  const sources = sourcesOf(state, id);
  return {
    underlying: underlyingView(state, id),
    sources,
    evidence: evidenceOf(state, id, sources),
  };
}

function underlyingView(state: State, id: number): ValueOf<'Underlying'> {
  const table = state.underlyings;
  const prices = pricesOf(state, id);
  const acceptedMs = table.acceptedMs.get(id);
  const hasIndex = table.index.get(id) !== 0;
  const graceUntilMs = table.graceUntilMs.get(id);
  return {
    id,
    name: readName(table.name, id),
    priceDecimals: prices.decimals,
    indexPrice: prices.orNull(table.index.get(id)),
    confidence: hasIndex ? prices.text(table.confidence.get(id)) : null,
    status: nameOf(INDEX_STATUS, table.status.get(id)),
    acceptedMs: momentOf(acceptedMs),
    ageMs: acceptedMs === 0 ? null : timeMs(state) - acceptedMs,
    slowPrice: prices.finer(table.slowPrice.get(id)),
    plausibleLow: prices.finer(table.plausibleLow.get(id)),
    plausibleHigh: prices.finer(table.plausibleHigh.get(id)),
    volatilityRatePpm: Math.ceil(table.rate.get(id) * PPM),
    maintenanceRatePpm: Math.ceil(table.maintenanceRate.get(id) * PPM),
    graceUntilMs: graceUntilMs > timeMs(state) ? graceUntilMs : null,
  };
}

function sourcesOf(state: State, id: number): Source[] {
  const { sources } = state;
  const prices = pricesOf(state, id);
  const now = timeMs(state);
  const freshMs = underlyingParameter(state, id, underlyingParameters.observationAgeMaxMs);
  const found: Source[] = [];
  for (let source = 0; source < SOURCES_PER_UNDERLYING; source++) {
    const row = id * SOURCES_PER_UNDERLYING + source;
    if (sources.weight.get(row) === 0) continue;
    const observedMs = sources.timeMs.get(row);
    const hasSpoken = sources.price.get(row) !== 0;
    found.push({
      source,
      publisher: readAddress(sources.publisher, row),
      weight: sources.weight.get(row),
      activeMs: sources.activeMs.get(row),
      price: prices.orNull(sources.price.get(row)),
      confidence: hasSpoken ? prices.text(sources.confidence.get(row)) : null,
      timeMs: hasSpoken ? observedMs : null,
      ageMs: hasSpoken ? now - observedMs : null,
      isFresh: hasSpoken && now - observedMs <= freshMs && sources.activeMs.get(row) <= now,
    });
  }
  return found;
}

function evidenceOf(state: State, id: number, sources: readonly Source[]): ValueOf<'Evidence'> {
  const table = state.underlyings;
  const prices = pricesOf(state, id);
  const fresh = sources.filter((source) => source.isFresh);
  const weightOf = (some: readonly Source[]): number =>
    some.reduce((sum, source) => sum + source.weight, 0);
  const disputedMs = table.disputedMs.get(id);
  return {
    freshSources: fresh.length,
    freshWeight: weightOf(fresh),
    totalWeight: weightOf(sources.filter((source) => source.activeMs <= timeMs(state))),
    sourcesMin: underlyingParameter(state, id, underlyingParameters.sourcesMin),
    ageMaxMs: underlyingParameter(state, id, underlyingParameters.observationAgeMaxMs),
    pendingPrice: prices.orNull(table.pendingPrice.get(id)),
    pendingReference: prices.finer(table.pendingReference.get(id)),
    pendingCount: table.pendingCounter.get(id),
    notOkSinceMs: momentOf(table.notOkSinceMs.get(id)),
    disputedUntilMs: disputedMs > timeMs(state) ? disputedMs : null,
    okMs: table.okMs.get(id),
  };
}
