import { expect, test } from 'vitest';
import {
  capacityNow,
  deposit,
  releaseWithdrawals,
  settleWithdrawal,
  withdraw,
} from '../../src/custody/index.ts';
import { assetParameters, type EventOf } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';
import { address, advance, freshState, setAssetParameter } from '../fixtures/state.ts';

const dayMs = 86_400_000;
const custodian = { account: 0, isOwner: false, role: 3 };

interface Outflow {
  readonly timeMs: number;
  readonly amount: bigint;
  readonly capacity: bigint;
}

function takeReleases(state: State, outflows: Outflow[]): void {
  state.events.length = 0;
  releaseWithdrawals(state);
  const events = state.events.filter(
    (event): event is EventOf<'withdrawalReleased'> => event.kind === 'withdrawalReleased',
  );
  const timeMs = state.machine.timeMs.get(0);
  const capacity = capacityNow(state, 1);
  outflows.push({ timeMs, amount: events.reduce((sum, { amount }) => sum + amount, 0n), capacity });
  for (const { withdrawal } of events) {
    settleWithdrawal(state, { kind: 'settleWithdrawal', withdrawal, outcome: 'paid' }, custodian);
  }
}

test('in every window w the outflow is at most the largest capacity × (1 + w/day)', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const draw = seeded(seed);
    const state = freshState();
    setAssetParameter(state, 1, assetParameters.outflowMin, 1_000_000);
    state.assets.outflowLevel.set(1, 0n);
    state.assets.outflowLane.set(1, 0n);
    const parts = { chain: 0, owner: address(1), account: 0, asset: 1 };
    deposit(state, { kind: 'deposit', ...parts, sequence: 1, amount: 90_000_000n }, custodian);
    const outflows: Outflow[] = [];
    for (let k = 0; k < 120; k++) {
      advance(state, draw(draw(2) === 0 ? 1_000 : 8_000_000));
      const point = savepoint(state);
      const ask = { asset: 1, amount: amountBelow(draw, 7), chain: 0, destination: address(9) };
      const caller = { account: 1, isOwner: true, role: 0 };
      if (withdraw(state, { kind: 'withdraw', ...ask }, caller) !== 0) rollbackTo(state, point);
      if (draw(5) === 0) {
        const sequence = state.machine.depositSequences.get(0) + 1;
        const more = { ...parts, account: 1, sequence, amount: 1_000_000n };
        deposit(state, { kind: 'deposit', ...more }, custodian);
      }
      takeReleases(state, outflows);
    }
    expect(outflows.some(({ amount }) => amount > 0n)).toBe(true);
    for (let i = 0; i < outflows.length; i++) {
      let sum = 0n;
      let capacity = 0n;
      for (let j = i; j < outflows.length; j++) {
        const at = outflows[j] as Outflow;
        sum += at.amount;
        if (at.capacity > capacity) capacity = at.capacity;
        const windowMs = BigInt(at.timeMs - (outflows[i] as Outflow).timeMs);
        const isBounded = sum * BigInt(dayMs) <= capacity * (BigInt(dayMs) + windowMs);
        if (!isBounded) expect.fail(`seed ${seed}: ${sum} left in ${windowMs} ms`);
      }
    }
  }
});
