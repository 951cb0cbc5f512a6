import { least } from '../ledger/index.ts';
import { divUp } from '../math/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { capacityNow, drain, refillBucket } from './bucket.ts';

/** What a release may still give away, of one asset in one block. */
interface Allowance {
  /** Level of the bucket that this pass may use. */
  bucket: bigint;
  /** What is in custody and not yet promised. */
  vault: bigint;
  /** A slice that does not complete its request is at least this large. */
  readonly sliceMin: bigint;
  readonly isLane: boolean;
}

/**
 * Releases what the buckets allow: small requests from the lane, then all from the rest, first come
 * first, in slices. Nothing is released that custody does not hold. Spec: custody 3.4.
 */
export function releaseWithdrawals(state: State): void {
  const assets = state.machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= assets; asset++) {
    if (state.assets.withdrawalHead.get(asset) !== 0) releaseAsset(state, asset);
  }
}

function releaseAsset(state: State, asset: number): void {
  const capacity = capacityNow(state, asset);
  const { level, lane } = refillBucket(state, asset, capacity);
  const vault = state.assets.custody.get(asset) - state.assets.outflowReleased.get(asset);
  const sliceMin = divUp(capacity, 1000n);
  const small: Allowance = { bucket: lane, vault, sliceMin, isLane: true };
  releasePass(state, asset, small);
  const rest: Allowance = { bucket: level - lane, vault: small.vault, sliceMin, isLane: false };
  releasePass(state, asset, rest);
}

/** Walks the queue in order until the allowance no longer does for the next request. */
function releasePass(state: State, asset: number, allowance: Allowance): void {
  const { withdrawals, assets } = state;
  let previous = 0;
  let link = assets.withdrawalHead.get(asset);
  while (link !== 0 && allowance.bucket > 0n && allowance.vault > 0n) {
    const row = link - 1;
    link = withdrawals.following.get(row);
    const isOut = withdrawals.released.get(row) !== 0n;
    if (isOut || (allowance.isLane && withdrawals.isSmall.get(row) === 0)) {
      previous = row + 1;
      continue;
    }
    const waiting = withdrawals.waiting.get(row);
    const slice = least(waiting, least(allowance.bucket, allowance.vault));
    if (slice < waiting && slice < allowance.sliceMin) return;
    releaseSlice(state, row, slice);
    drain(state, asset, { amount: slice, fromLane: allowance.isLane ? slice : 0n });
    allowance.bucket -= slice;
    allowance.vault -= slice;
    if (slice === waiting) unlink(state, row, previous);
    else previous = row + 1;
  }
}

function releaseSlice(state: State, row: number, slice: bigint): void {
  const { withdrawals, assets } = state;
  const asset = withdrawals.asset.get(row);
  const remaining = withdrawals.waiting.get(row) - slice;
  withdrawals.waiting.set(row, remaining);
  withdrawals.released.set(row, slice);
  assets.outflowReleased.add(asset, slice);
  state.events.push({
    kind: 'withdrawalReleased',
    withdrawal: withdrawals.id.get(row),
    account: withdrawals.account.get(row),
    asset,
    amount: slice,
    remaining,
  });
}

/** Takes a row out of its queue; `previous` is the link before it, 0 at the head. */
function unlink(state: State, row: number, previous: number): void {
  const { withdrawals, assets } = state;
  const asset = withdrawals.asset.get(row);
  const following = withdrawals.following.get(row);
  if (previous === 0) assets.withdrawalHead.set(asset, following);
  else withdrawals.following.set(previous - 1, following);
  if (following === 0) assets.withdrawalTail.set(asset, previous);
  withdrawals.following.set(row, 0);
}
