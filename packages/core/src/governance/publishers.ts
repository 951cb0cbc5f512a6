import {
  type ActionOf,
  accepted,
  type Code,
  type FiguresOf,
  globalParameters,
  rejections,
  SOURCES_PER_UNDERLYING,
} from '../schema/index.ts';
import {
  addressEquals,
  type Caller,
  globalParameter,
  refuse,
  type State,
  timeMs,
  underlyingExists,
  writeAddress,
} from '../state/index.ts';

/** From so many sources on, none may hold more than a third of the weight. */
const SOURCES_LAWFUL = 3;
const WEIGHT_MAX = 1_000_000;

/** Which source weighs too much, or how few would be left. */
type WeightFigures = FiguresOf<(typeof rejections)['publisherWeight']['code']>;

interface Weights {
  readonly count: number;
  readonly total: number;
}

/**
 * Sets the key and weight of one source of an underlying; weight 0 removes it. With three or more
 * sources a weight above a third is refused, unless it is one that this change makes smaller; a set
 * of three does not fall below. A new key starts without an observation, and on a live index it
 * waits its notice: who takes the admin's key does not own the index at once. Spec: governance 5.
 */
export function setPublisher(
  state: State,
  action: ActionOf<'setPublisher'>,
  _caller: Caller,
): Code {
  const { underlying, source, publisher, weight } = action;
  if (!underlyingExists(state, underlying)) {
    return refuse(state, rejections.underlyingUnknown, { underlying });
  }
  if (!(source < SOURCES_PER_UNDERLYING)) return refuse(state, rejections.sourcesFull, { source });
  if (!(weight <= WEIGHT_MAX)) {
    return refuse(state, rejections.publisherWeight, { weight, most: WEIGHT_MAX });
  }
  const twin = weight === 0 ? -1 : slotOf(state, action);
  if (twin >= 0) return refuse(state, rejections.publisherWeight, { source: twin });
  const problem = changedWeightsProblem(state, action);
  if (problem !== undefined) return refuse(state, rejections.publisherWeight, problem);
  const { sources } = state;
  const row = underlying * SOURCES_PER_UNDERLYING + source;
  if (weight === 0 || !addressEquals(sources.publisher, row, publisher)) {
    sources.price.set(row, 0);
    sources.confidence.set(row, 0);
    sources.timeMs.set(row, 0);
  }
  if (weight > 0 && !addressEquals(sources.publisher, row, publisher)) {
    const isLive = state.underlyings.index.get(underlying) > 0;
    const noticeMs = globalParameter(state, globalParameters.noticeMs);
    sources.activeMs.set(row, isLive ? timeMs(state) + noticeMs : 0);
  }
  sources.weight.set(row, weight);
  if (weight === 0) for (let word = 0; word < 5; word++) sources.publisher.set(row * 5 + word, 0);
  else writeAddress(sources.publisher, row, publisher);
  state.events.push({ kind: 'publisherSet', underlying, source, publisher, weight });
  return accepted;
}

/** Another slot of the underlying that this key already speaks for, or −1. */
function slotOf(state: State, action: ActionOf<'setPublisher'>): number {
  for (let source = 0; source < SOURCES_PER_UNDERLYING; source++) {
    if (source === action.source || weightAt(state, action.underlying, source) === 0) continue;
    const row = action.underlying * SOURCES_PER_UNDERLYING + source;
    if (addressEquals(state.sources.publisher, row, action.publisher)) return source;
  }
  return -1;
}

/** What is unlawful about the weights of an underlying; undefined with fewer than three sources. */
export function weightsProblem(state: State, underlying: number): WeightFigures | undefined {
  const { count, total } = weightsOf(state, underlying);
  if (count < SOURCES_LAWFUL) return undefined;
  for (let source = 0; source < SOURCES_PER_UNDERLYING; source++) {
    const weight = weightAt(state, underlying, source);
    if (3 * weight > total) return { source, weight, total };
  }
  return undefined;
}

function changedWeightsProblem(
  state: State,
  action: ActionOf<'setPublisher'>,
): WeightFigures | undefined {
  const { underlying, source, weight } = action;
  const before = weightsOf(state, underlying);
  const held = weightAt(state, underlying, source);
  const total = before.total - held + weight;
  const count = before.count - (held > 0 ? 1 : 0) + (weight > 0 ? 1 : 0);
  if (count < SOURCES_LAWFUL) {
    const isFallen = before.count >= SOURCES_LAWFUL;
    return isFallen ? { sources: count, least: SOURCES_LAWFUL } : undefined;
  }
  for (let each = 0; each < SOURCES_PER_UNDERLYING; each++) {
    const old = weightAt(state, underlying, each);
    const next = each === source ? weight : old;
    if (3 * next <= total) continue;
    // next / total < old / before.total: the share falls.
    if (next * before.total >= old * total) return { source: each, weight: next, total };
  }
  return undefined;
}

function weightsOf(state: State, underlying: number): Weights {
  let count = 0;
  let total = 0;
  for (let source = 0; source < SOURCES_PER_UNDERLYING; source++) {
    const weight = weightAt(state, underlying, source);
    if (weight > 0) count += 1;
    total += weight;
  }
  return { count, total };
}

function weightAt(state: State, underlying: number, source: number): number {
  return state.sources.weight.get(underlying * SOURCES_PER_UNDERLYING + source);
}
