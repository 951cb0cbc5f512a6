import { integerOf } from '../math/index.ts';
import {
  type Code,
  type Observation,
  rejections,
  SOURCES_PER_UNDERLYING,
  underlyingParameters,
} from '../schema/index.ts';
import {
  addressEquals,
  type State,
  timeMs,
  underlyingExists,
  underlyingParameter,
} from '../state/index.ts';
import { checkObservation } from './aggregate.ts';

/**
 * Takes the observations of a block in their order: what each says replaces what its source held,
 * or is refused. Returns one code for each, 0 where it was taken. Nothing is computed from them
 * here. Spec: oracle 1, 9.1.
 */
export function applyObservations(state: State, observations: readonly Observation[]): Code[] {
  const codes: Code[] = [];
  for (const observation of observations) codes.push(applyObservation(state, observation));
  return codes;
}

/** One observation: 0, or the number of its refusal, and then nothing has changed. */
function applyObservation(state: State, observation: Observation): Code {
  const code = judgeObservation(state, observation, timeMs(state));
  if (code !== 0) return code;
  const { sources, underlyings } = state;
  const row = observation.underlying * SOURCES_PER_UNDERLYING + observation.source;
  sources.price.set(row, integerOf(observation.price));
  sources.confidence.set(row, integerOf(observation.confidence));
  sources.timeMs.set(row, observation.timeMs);
  underlyings.isObserved.set(observation.underlying, 1);
  return code;
}

/**
 * What would become of an observation in a block of that time, reading only: a host refuses at its
 * door what the machine would refuse. Spec: oracle 1.
 */
export function judgeObservation(state: State, observation: Observation, atMs: number): Code {
  if (!isCanonical(observation)) return rejections.malformed.code;
  const { underlying, source } = observation;
  if (!underlyingExists(state, underlying)) return rejections.underlyingUnknown.code;
  if (source >= SOURCES_PER_UNDERLYING) return rejections.publisherUnknown.code;
  const { sources } = state;
  const row = underlying * SOURCES_PER_UNDERLYING + source;
  // A slot without weight is no source: its key is that of nobody, or of a source removed.
  if (sources.weight.get(row) === 0 || sources.activeMs.get(row) > atMs) {
    return rejections.publisherUnknown.code;
  }
  if (!addressEquals(sources.publisher, row, observation.publisher)) {
    return rejections.publisherUnknown.code;
  }
  return checkObservation(observation, {
    timeMs: atMs,
    ageMaxMs: underlyingParameter(state, underlying, underlyingParameters.observationAgeMaxMs),
    lastMs: sources.timeMs.get(row),
  });
}

/** Whether the record is one that the canonical form can say. */
function isCanonical(observation: Observation): boolean {
  const { underlying, source, publisher, price, confidence, timeMs: observedMs } = observation;
  return (
    isNatural(underlying) &&
    isNatural(source) &&
    isNatural(observedMs) &&
    typeof publisher === 'string' &&
    typeof price === 'bigint' &&
    typeof confidence === 'bigint'
  );
}

function isNatural(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
