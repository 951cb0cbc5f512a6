import {
  type ActionOf,
  accepted,
  type Code,
  globalParameters,
  MARKET_STATE,
  rejections,
  underlyingParameters,
} from '../schema/index.ts';
import {
  assetExists,
  type Caller,
  globalParameter,
  instrumentExists,
  refuse,
  type State,
  timeMs,
  underlyingExists,
  underlyingParameter,
} from '../state/index.ts';
import { findOpening, proposeOpening } from './proposals.ts';

// Acts that stop things. They take effect at once and expire; what starts things waits for notice.
// Spec: governance 6.

/** How long an act of the guardian lasts at most. */
const GUARDIAN_MS = 259_200_000;
/** The guardian leaves at least this share of an outflow limit. */
const OUTFLOW_SHARE_MIN_PPM = 100_000;
const PPM = 1_000_000;

/** Opens an instrument after the notice, or makes it reduce-only at once. */
export function setMarketState(
  state: State,
  action: ActionOf<'setMarketState'>,
  _caller: Caller,
): Code {
  const { instrument } = action;
  const { instruments } = state;
  if (!instrumentExists(state, instrument)) {
    return refuse(state, rejections.instrumentUnknown, { instrument });
  }
  const present = instruments.state.get(instrument);
  if (action.state === 'reduceOnly') {
    if (present !== MARKET_STATE.open) return refuse(state, rejections.marketState, { present });
    instruments.state.set(instrument, MARKET_STATE.reduceOnly);
    state.events.push({ kind: 'marketStateChanged', instrument, state: 'reduceOnly' });
    return accepted;
  }
  const isPending = present === MARKET_STATE.open || findOpening(state, instrument) >= 0;
  if (isPending || instruments.badDebt.get(instrument) > 0n) {
    return refuse(state, rejections.marketState, {
      present,
      badDebt: instruments.badDebt.get(instrument),
    });
  }
  const opensMs = timeMs(state) + globalParameter(state, globalParameters.noticeMs);
  return proposeOpening(state, instrument, opensMs);
}

/** Halts an instrument for at most 72 h; `untilMs` 0 ends a halt. */
export function haltMarket(state: State, action: ActionOf<'haltMarket'>, _caller: Caller): Code {
  const { instrument, untilMs } = action;
  if (!instrumentExists(state, instrument)) {
    return refuse(state, rejections.instrumentUnknown, { instrument });
  }
  if (untilMs !== 0 && !isLawfulTime(state, untilMs)) {
    return refuse(state, rejections.guardianLimit, { untilMs, timeMs: timeMs(state) });
  }
  state.instruments.haltedUntilMs.set(instrument, untilMs);
  state.events.push({ kind: 'marketHalted', instrument, untilMs });
  return accepted;
}

/**
 * Lowers the outflow limit of an asset to no less than a tenth, for at most 72 h. While such an act
 * holds, another can only lower the limit further or keep it longer: raising waits.
 */
export function limitOutflow(
  state: State,
  action: ActionOf<'limitOutflow'>,
  _caller: Caller,
): Code {
  const { asset, sharePpm, untilMs } = action;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  const { outflowSharePpm, outflowShareMs } = state.assets;
  const isLawfulShare = sharePpm >= OUTFLOW_SHARE_MIN_PPM && sharePpm <= PPM;
  if (!isLawfulShare || !isLawfulTime(state, untilMs)) {
    return refuse(state, rejections.guardianLimit, { sharePpm, untilMs });
  }
  const heldPpm = outflowSharePpm.get(asset);
  const heldMs = outflowShareMs.get(asset);
  if (heldMs > timeMs(state) && (sharePpm > heldPpm || untilMs < heldMs)) {
    return refuse(state, rejections.guardianLimit, { sharePpm, heldPpm, untilMs, heldMs });
  }
  outflowSharePpm.set(asset, sharePpm);
  outflowShareMs.set(asset, untilMs);
  state.events.push({ kind: 'outflowLimited', asset, sharePpm, untilMs });
  return accepted;
}

/**
 * An outside guard disagrees with an index: it degrades until a full quorum has outlived the guard.
 */
export function disputeIndex(
  state: State,
  action: ActionOf<'disputeIndex'>,
  _caller: Caller,
): Code {
  const { underlying } = action;
  if (!underlyingExists(state, underlying)) {
    return refuse(state, rejections.underlyingUnknown, { underlying });
  }
  const { disputedMs } = state.underlyings;
  const heldMs = disputedMs.get(underlying);
  if (heldMs > 0) return refuse(state, rejections.guardianLimit, { heldMs });
  const disputeMs = underlyingParameter(state, underlying, underlyingParameters.disputeMs);
  const untilMs = timeMs(state) + disputeMs;
  disputedMs.set(underlying, untilMs);
  state.events.push({ kind: 'indexDisputed', underlying, untilMs });
  return accepted;
}

/** Ends close-only mode; without it nothing happens. */
export function resumeMachine(
  state: State,
  _action: ActionOf<'resumeMachine'>,
  _caller: Caller,
): Code {
  const { isCloseOnly } = state.machine;
  if (isCloseOnly.get(0) === 0) return accepted;
  isCloseOnly.set(0, 0);
  state.events.push({ kind: 'closeOnlyEnded' });
  return accepted;
}

function isLawfulTime(state: State, untilMs: number): boolean {
  const now = timeMs(state);
  return untilMs > now && untilMs <= now + GUARDIAN_MS;
}
