import { nominate } from '../risk/index.ts';
import {
  INDEX_STATUS,
  instrumentParameters,
  LIQUIDATION_STAGE,
  MARKET_STATE,
  underlyingParameters,
} from '../schema/index.ts';
import { instrumentParameter, type State, timeMs, underlyingParameter } from '../state/index.ts';

const GRID_MS = 300_000;
/** A waiting liquidation or withdrawal is looked at again this soon. */
const WAITING_MS = 1_000;

/**
 * When the machine needs a block though nobody trades: the earliest of a premium sample, the end of
 * a funding interval, a volatility step, an index that ages into another status, a market that
 * opens, a halt or grace that ends, a change whose notice ends, and liquidations or withdrawals
 * that wait. Infinity when nothing is due. Spec: machine 3.
 */
export function nextDueMs(state: State): number {
  const now = timeMs(state);
  const due = Math.min(
    instrumentsDue(state),
    underlyingsDue(state),
    proposalsDue(state),
    waitingDue(state),
  );
  return Math.max(due, now);
}

function instrumentsDue(state: State): number {
  const { instruments, underlyings, machine } = state;
  const now = timeMs(state);
  let due = Number.POSITIVE_INFINITY;
  for (let i = 1; i <= machine.instrumentCount.get(0); i++) {
    if (instruments.state.get(i) === MARKET_STATE.proposed) {
      due = Math.min(due, instruments.opensMs.get(i));
      continue;
    }
    const haltedUntilMs = instruments.haltedUntilMs.get(i);
    if (haltedUntilMs > now) due = Math.min(due, haltedUntilMs);
    if (underlyings.status.get(instruments.underlying.get(i)) !== INDEX_STATUS.ok) continue;
    const intervalMs = instrumentParameter(state, i, instrumentParameters.fundingIntervalMs);
    due = Math.min(
      due,
      instruments.premiumMs.get(i),
      instruments.fundingStartMs.get(i) + intervalMs,
    );
  }
  return due;
}

function underlyingsDue(state: State): number {
  const { underlyings, machine } = state;
  const now = timeMs(state);
  let due = Number.POSITIVE_INFINITY;
  for (let u = 1; u <= machine.underlyingCount.get(0); u++) {
    const status = underlyings.status.get(u);
    if (status === INDEX_STATUS.none) continue;
    const acceptedMs = underlyings.acceptedMs.get(u);
    if (status === INDEX_STATUS.ok) due = Math.min(due, underlyings.gridMs.get(u) + GRID_MS);
    for (const age of [underlyingParameters.staleAfterMs, underlyingParameters.haltAfterMs]) {
      // A status is entered once the age is above its limit.
      const atMs = acceptedMs + underlyingParameter(state, u, age) + 1;
      if (atMs > now) due = Math.min(due, atMs);
    }
    for (const atMs of [underlyings.disputedMs.get(u), underlyings.graceUntilMs.get(u)]) {
      if (atMs > now) due = Math.min(due, atMs);
    }
  }
  return due;
}

function proposalsDue(state: State): number {
  const { proposals } = state;
  let due = Number.POSITIVE_INFINITY;
  if (state.pools.proposals.used === 0) return due;
  for (let row = 0; row < proposals.id.rows; row++) {
    if (proposals.id.get(row) !== 0) due = Math.min(due, proposals.readyMs.get(row));
  }
  return due;
}

function waitingDue(state: State): number {
  const { machine, assets } = state;
  const soon = timeMs(state) + WAITING_MS;
  for (let asset = 1; asset <= machine.assetCount.get(0); asset++) {
    if (assets.withdrawalHead.get(asset) !== 0) return soon;
  }
  // Who is in liquidation is not armed: asking everybody took 6 ms at a million accounts.
  const stages = state.accounts.liquidationStage;
  let isWaiting = false;
  nominate(state, (account) => {
    isWaiting ||= stages.get(account) !== LIQUIDATION_STAGE.none;
  });
  return isWaiting ? soon : Number.POSITIVE_INFINITY;
}
