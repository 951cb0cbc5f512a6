import { bucketStart, ringCell, ringLeast, rollRing } from '../ledger/index.ts';
import { amountOf, mulDivDown } from '../math/index.ts';
import { assetParameters } from '../schema/index.ts';
import { assetParameter, type State, timeMs } from '../state/index.ts';
import { type Bucket, fullBucket, guardedCapacity, outflowCapacity, refill } from './outflow.ts';

// The outflow bucket of an asset on its columns. Refilled when somebody waits: what a longer step
// adds never exceeds the capacity. Spec: custody 3.

const PPM = 1_000_000n;

/** Gives a new asset a full bucket. */
export function startOutflow(state: State, asset: number): void {
  state.assets.custodyHourMs.set(asset, bucketStart(timeMs(state)));
  writeBucket(state, asset, fullBucket(capacityNow(state, asset)));
}

/** Adds to what an asset holds in custody, and keeps the least of the last day. */
export function changeCustody(state: State, asset: number, delta: bigint): void {
  rollLows(state, asset);
  const { custody, custodyLows, custodyHourMs } = state.assets;
  const held = custody.get(asset) + delta;
  custody.set(asset, held);
  const cell = ringCell(asset, custodyHourMs.get(asset));
  if (held < custodyLows.get(cell)) custodyLows.set(cell, held);
}

/** C of the asset now: its floor or share of the least custody of a day, under a guardian's act. */
export function capacityNow(state: State, asset: number): bigint {
  rollLows(state, asset);
  const floor = amountOf(assetParameter(state, asset, assetParameters.outflowMin));
  const sharePpm = assetParameter(state, asset, assetParameters.outflowPpm);
  const leastCustody = ringLeast(state.assets.custodyLows, asset);
  const capacity = outflowCapacity(floor, leastCustody, sharePpm);
  const { outflowSharePpm, outflowShareMs } = state.assets;
  if (timeMs(state) >= outflowShareMs.get(asset)) return capacity;
  const guardianPpm = amountOf(outflowSharePpm.get(asset));
  return guardedCapacity(capacity, mulDivDown(capacity, guardianPpm, PPM));
}

/** Refills the bucket of an asset up to block time and returns it. */
export function refillBucket(state: State, asset: number, capacity: bigint): Bucket {
  const dtMs = timeMs(state) - state.assets.outflowMs.get(asset);
  const bucket = refill(readBucket(state, asset), capacity, dtMs);
  writeBucket(state, asset, bucket);
  return bucket;
}

/** Takes a slice off the bucket; `fromLane` of it off the lane. */
export function drain(
  state: State,
  asset: number,
  slice: { readonly amount: bigint; readonly fromLane: bigint },
): void {
  state.assets.outflowLevel.add(asset, -slice.amount);
  state.assets.outflowLane.add(asset, -slice.fromLane);
}

function readBucket(state: State, asset: number): Bucket {
  const { outflowLevel, outflowLane, outflowCarry, outflowLaneCarry } = state.assets;
  return {
    level: outflowLevel.get(asset),
    lane: outflowLane.get(asset),
    carry: outflowCarry.get(asset),
    laneCarry: outflowLaneCarry.get(asset),
  };
}

function writeBucket(state: State, asset: number, bucket: Bucket): void {
  const { outflowLevel, outflowLane, outflowCarry, outflowLaneCarry, outflowMs } = state.assets;
  outflowLevel.set(asset, bucket.level);
  outflowLane.set(asset, bucket.lane);
  outflowCarry.set(asset, bucket.carry);
  outflowLaneCarry.set(asset, bucket.laneCarry);
  outflowMs.set(asset, timeMs(state));
}

/** Custody did not change since the last roll: the buckets in between hold what it is now. */
function rollLows(state: State, asset: number): void {
  const { custody, custodyLows, custodyHourMs } = state.assets;
  const fromMs = custodyHourMs.get(asset);
  const toMs = bucketStart(timeMs(state));
  if (fromMs === toMs) return;
  rollRing(custodyLows, asset, { fromMs, toMs, value: custody.get(asset) });
  custodyHourMs.set(asset, toMs);
}
