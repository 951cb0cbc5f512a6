import { INDEX_STATUS } from '../schema/index.ts';

const GRACE_HALT_MS_MIN = 120_000;
const GRACE_MS_MAX = 900_000;
const DAY_MS = 86_400_000;

/**
 * INDEX_STATUS of an underlying at block time. Checked in this order: no index yet, halted, stale,
 * degraded, ok. Spec: oracle 4.1.
 */
export function indexStatus(
  record: {
    readonly index: number;
    readonly acceptedMs: number;
    readonly pendingCounter: number;
    /** A guard disagrees until then; 0: none does. */
    readonly disputedMs: number;
  },
  rule: { readonly timeMs: number; readonly staleAfterMs: number; readonly haltAfterMs: number },
): number {
  if (record.index === 0) return INDEX_STATUS.none;
  const ageMs = rule.timeMs - record.acceptedMs;
  if (ageMs >= rule.haltAfterMs) return INDEX_STATUS.halted;
  if (ageMs >= rule.staleAfterMs) return INDEX_STATUS.stale;
  if (record.pendingCounter > 0 || record.disputedMs > 0) return INDEX_STATUS.degraded;
  return INDEX_STATUS.ok;
}

/**
 * Until when an outside guard degrades the index, re-read at each block: 0 once a full quorum has
 * stood against it for longer than `disputeMs` (10 min at most). Time without quorum starts the
 * wait anew, so that the guard is not outlived by silence. Spec: oracle 4.3.
 */
export function disputeAfter(
  disputedMs: number,
  rule: { readonly timeMs: number; readonly hasQuorum: boolean; readonly disputeMs: number },
): number {
  if (disputedMs === 0) return 0;
  if (!rule.hasQuorum) return rule.timeMs + rule.disputeMs;
  return rule.timeMs > disputedMs ? 0 : disputedMs;
}

/**
 * Until when accounts that hold the underlying are spared, when its price comes back: 0 for none.
 * As long as the halt was, at most `graceMaxMs` and 15 min; only after halts of at least 2 min, and
 * once in 24 h. Spec: oracle 4.4.
 */
export function graceAfterHalt(halt: {
  readonly timeMs: number;
  /** How long there was no accepted index, or the market stood still. */
  readonly haltMs: number;
  /** When the last grace began; 0: never. */
  readonly graceStartedMs: number;
  readonly graceMaxMs: number;
}): number {
  if (halt.haltMs < GRACE_HALT_MS_MIN) return 0;
  if (halt.graceStartedMs > 0 && halt.timeMs - halt.graceStartedMs < DAY_MS) return 0;
  return halt.timeMs + Math.min(halt.haltMs, halt.graceMaxMs, GRACE_MS_MAX);
}

/** Whether a grace spares an account now. Equity below zero is never spared. */
export function isSpared(account: {
  readonly timeMs: number;
  readonly graceUntilMs: number;
  readonly equity: number;
}): boolean {
  return account.timeMs < account.graceUntilMs && account.equity >= 0;
}
