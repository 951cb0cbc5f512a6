import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';

// What must hold of custody in every state, by a full scan. Spec: custody 5.

/** The sentences about deposits, withdrawals and outflow that do not hold; empty when sound. */
export function custodyErrors(state: State): string[] {
  const errors: string[] = [];
  const count = state.machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    checkInFlight(state, asset, errors);
    checkQueue(state, asset, errors);
    checkBucket(state, asset, errors);
  }
  return errors;
}

function checkInFlight(state: State, asset: number, errors: string[]): void {
  const { withdrawals, assets, machine } = state;
  let open = 0n;
  let released = 0n;
  for (let row = 0; row < state.limits.withdrawalsMax; row++) {
    if (withdrawals.account.get(row) === 0 || withdrawals.asset.get(row) !== asset) continue;
    const id = withdrawals.id.get(row);
    if (state.indexes.withdrawalById.find(id) !== row) errors.push(`withdrawal ${id} is not found`);
    if (id > machine.withdrawalSequence.get(0)) errors.push(`withdrawal ${id} was never numbered`);
    released += withdrawals.released.get(row);
    open += withdrawals.released.get(row) + withdrawals.waiting.get(row);
  }
  if (open !== assets.inFlight.get(asset)) {
    errors.push(`asset ${asset}: in flight is not the sum of withdrawals ${open}`);
  }
  if (released !== assets.outflowReleased.get(asset)) {
    errors.push(`asset ${asset}: released is not the sum of withdrawals ${released}`);
  }
  if (released > assets.custody.get(asset)) {
    errors.push(`asset ${asset}: ${released} are released of a smaller custody`);
  }
}

/** The queue holds exactly the rows that wait, in order of their ids. */
function checkQueue(state: State, asset: number, errors: string[]): void {
  const { withdrawals, assets } = state;
  let waitingRows = 0;
  for (let row = 0; row < state.limits.withdrawalsMax; row++) {
    const isOfAsset = withdrawals.account.get(row) !== 0 && withdrawals.asset.get(row) === asset;
    if (isOfAsset && withdrawals.waiting.get(row) > 0n) waitingRows += 1;
  }
  let queued = 0;
  let lastId = 0;
  let last = 0;
  let link = assets.withdrawalHead.get(asset);
  while (link !== 0 && queued <= waitingRows) {
    const id = withdrawals.id.get(link - 1);
    if (id <= lastId) errors.push(`asset ${asset}: withdrawal ${id} stands after ${lastId}`);
    lastId = id;
    last = link;
    queued += 1;
    link = withdrawals.following.get(link - 1);
  }
  if (queued !== waitingRows) {
    errors.push(`asset ${asset}: ${queued} withdrawals are queued, ${waitingRows} wait`);
  }
  if (assets.withdrawalTail.get(asset) !== last)
    errors.push(`asset ${asset}: the tail is not last`);
}

function checkBucket(state: State, asset: number, errors: string[]): void {
  const level = state.assets.outflowLevel.get(asset);
  const lane = state.assets.outflowLane.get(asset);
  if (lane < 0n || lane > level) {
    errors.push(`asset ${asset}: the lane holds ${lane} of a bucket of ${level}`);
  }
}
