import { balanceAmount, credit, take } from '../ledger/index.ts';
import { amountOf } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  assetParameters,
  type Code,
  globalParameters,
  rejections,
} from '../schema/index.ts';
import {
  assetExists,
  assetParameter,
  type Caller,
  globalParameter,
  refuse,
  type State,
  timeMs,
  writeAddress,
} from '../state/index.ts';
import { capacityNow, changeCustody } from './bucket.ts';
import { CHAINS } from './deposit.ts';
import { isSmallRequest } from './outflow.ts';

/**
 * Requests a withdrawal: the amount leaves the account now and waits in the queue of its asset. The
 * withdrawal test of the account is the gate's. Spec: custody 2.
 */
export function withdraw(state: State, action: ActionOf<'withdraw'>, caller: Caller): Code {
  const { asset, amount, chain, destination } = action;
  const { account } = caller;
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  if (!(chain < CHAINS)) return refuse(state, rejections.chainUnknown, { chain });
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  const least = amountOf(assetParameter(state, asset, assetParameters.withdrawalMin));
  if (amount < least && amount !== balanceAmount(state, account, asset)) {
    return refuse(state, rejections.withdrawalMinimum, { least, amount });
  }
  const waiting = state.accounts.withdrawalCount.get(account);
  if (waiting >= globalParameter(state, globalParameters.withdrawalsPerAccountMax)) {
    return refuse(state, rejections.withdrawalsFull, { waiting });
  }
  const code = take(state, account, asset, amount);
  if (code !== accepted) return code;
  if (!state.pools.withdrawals.hasRoom()) return refuse(state, rejections.withdrawalsFull);
  state.assets.inFlight.add(asset, amount);
  const withdrawal = enqueue(state, action, caller);
  state.events.push({
    kind: 'withdrawalRequested',
    withdrawal,
    account,
    asset,
    amount,
    chain,
    destination,
  });
  return accepted;
}

function enqueue(state: State, action: ActionOf<'withdraw'>, caller: Caller): number {
  const { withdrawals, assets, machine } = state;
  const { asset, amount } = action;
  const id = machine.withdrawalSequence.get(0) + 1;
  machine.withdrawalSequence.set(0, id);
  state.accounts.withdrawalCount.add(caller.account, 1);
  const row = state.pools.withdrawals.allocate();
  const ageMs = timeMs(state) - state.accounts.createdMs.get(caller.account);
  const isSmall = isSmallRequest(amount, capacityNow(state, asset), ageMs);
  withdrawals.id.set(row, id);
  withdrawals.account.set(row, caller.account);
  withdrawals.asset.set(row, asset);
  withdrawals.chain.set(row, action.chain);
  writeAddress(withdrawals.destination, row, action.destination);
  withdrawals.waiting.set(row, amount);
  withdrawals.isSmall.set(row, isSmall ? 1 : 0);
  state.indexes.withdrawalById.insert(row);
  const tail = assets.withdrawalTail.get(asset);
  if (tail === 0) assets.withdrawalHead.set(asset, row + 1);
  else withdrawals.following.set(tail - 1, row + 1);
  assets.withdrawalTail.set(asset, row + 1);
  return id;
}

/**
 * Reports on the slice of a withdrawal that is out: paid, it leaves custody; returned, it is
 * credited again. A withdrawal has one slice out at a time, so that a report is about that slice
 * and no other. Spec: custody 4.
 */
export function settleWithdrawal(
  state: State,
  action: ActionOf<'settleWithdrawal'>,
  _caller: Caller,
): Code {
  const { withdrawal, outcome } = action;
  const { withdrawals, assets } = state;
  const row = state.indexes.withdrawalById.find(withdrawal);
  const amount = row < 0 ? 0n : withdrawals.released.get(row);
  if (amount === 0n) return refuse(state, rejections.withdrawalUnknown, { withdrawal });
  const account = withdrawals.account.get(row);
  const asset = withdrawals.asset.get(row);
  assets.inFlight.add(asset, -amount);
  assets.outflowReleased.add(asset, -amount);
  if (outcome === 'paid') {
    changeCustody(state, asset, -amount);
  } else {
    const code = credit(state, account, asset, amount);
    if (code !== accepted) return code;
  }
  withdrawals.released.set(row, 0n);
  if (withdrawals.waiting.get(row) === 0n) freeRow(state, row);
  state.events.push({ kind: 'withdrawalSettled', withdrawal, account, asset, amount, outcome });
  return accepted;
}

function freeRow(state: State, row: number): void {
  const { withdrawals } = state;
  state.indexes.withdrawalById.remove(row);
  state.accounts.withdrawalCount.add(withdrawals.account.get(row), -1);
  withdrawals.id.set(row, 0);
  withdrawals.account.set(row, 0);
  withdrawals.asset.set(row, 0);
  withdrawals.chain.set(row, 0);
  for (let word = 0; word < 5; word++) withdrawals.destination.set(row * 5 + word, 0);
  withdrawals.isSmall.set(row, 0);
  state.pools.withdrawals.release(row);
}
