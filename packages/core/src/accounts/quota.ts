import {
  type Action,
  commandSchema,
  globalParameters,
  type OpenedCommand,
} from '../schema/index.ts';
import { globalParameter, type State, timeMs } from '../state/index.ts';
import type { F64Column } from '../store/index.ts';

// Two token buckets per account, counted in thousandths of an action, so that a rate per second
// over milliseconds stays an integer: one for cancels and reductions, one for the rest. Spec:
// accounts 4.

const UNIT = 1000;

/** Whether an action only takes risk or orders away, and so draws on the quota of cancels. */
export function isReduction(action: Action): boolean {
  if (action.kind === 'placeOrder') return action.isReduceOnly;
  return commandSchema[action.kind].lane === 'reduce';
}

export function reductionCount(command: OpenedCommand): number {
  let count = 0;
  for (const action of command.actions) if (isReduction(action)) count += 1;
  return count;
}

/** What a bucket of an account holds at block time, in thousandths of an action. */
export function quotaLeft(state: State, account: number, bucket: F64Column): number {
  const dtMs = timeMs(state) - state.accounts.quotaMs.get(account);
  const refilled =
    bucket.get(account) + dtMs * globalParameter(state, globalParameters.quotaPerSecond);
  return Math.min(refilled, globalParameter(state, globalParameters.quotaBurst) * UNIT);
}

/** Whether the account can pay for the actions of the command. */
export function hasQuota(state: State, command: OpenedCommand): boolean {
  const { account, actions } = command;
  const { quota, cancelQuota } = state.accounts;
  const reductions = reductionCount(command);
  const others = actions.length - reductions;
  if (others > 0 && quotaLeft(state, account, quota) < others * UNIT) return false;
  return reductions === 0 || quotaLeft(state, account, cancelQuota) >= reductions * UNIT;
}

/** A refused action costs one more action of quota for so many resting orders that it met. */
const ORDERS_PER_ACTION = 8;

/**
 * Charges a refused action for the matching that was undone with it, since that work was as real as
 * a trade's and paid no fee; at most what is left. Spec: accounts 4.4.
 */
export function chargeRefusedWork(state: State, account: number, work: number): void {
  const { quota } = state.accounts;
  const cost = Math.floor(work / ORDERS_PER_ACTION) * UNIT;
  if (cost > 0) quota.set(account, Math.max(0, quota.get(account) - cost));
}

/** Takes the actions of the command off the account's buckets. */
export function chargeQuota(state: State, command: OpenedCommand): void {
  const { account, actions } = command;
  const { quota, cancelQuota, quotaMs } = state.accounts;
  const reductions = reductionCount(command);
  const others = actions.length - reductions;
  quota.set(account, quotaLeft(state, account, quota) - others * UNIT);
  cancelQuota.set(account, quotaLeft(state, account, cancelQuota) - reductions * UNIT);
  quotaMs.set(account, timeMs(state));
}
