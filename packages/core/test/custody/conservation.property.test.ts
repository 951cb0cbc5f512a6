import { expect, test } from 'vitest';
import {
  custodyErrors,
  deposit,
  releaseWithdrawals,
  settleWithdrawal,
  withdraw,
} from '../../src/custody/index.ts';
import {
  accrueInterest,
  balanceAmount,
  bookFee,
  bookPenalty,
  borrow,
  conservationErrors,
  credit,
  drawPool,
  fundPool,
  redeem,
  repay,
  settle,
  supply,
  transfer,
} from '../../src/ledger/index.ts';
import { assetParameters } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { amountBelow, type Draw, seeded } from '../fixtures/seeded.ts';
import {
  addAsset,
  addInstrument,
  address,
  addUnderlying,
  advance,
  freshState,
  setAssetParameter,
} from '../fixtures/state.ts';

const custodian = { account: 0, isOwner: false, role: 3 };
const accounts = 6;
const assets = 3;

type Step = (state: State, draw: Draw) => number;

const callerOf = (draw: Draw) => ({ account: 1 + draw(accounts), isOwner: true, role: 0 });
const assetOf = (draw: Draw) => 1 + draw(assets);
const amountOf = (draw: Draw) => amountBelow(draw, 8);

const steps: Record<string, Step> = {
  deposit: (state, draw) => {
    const account = 1 + draw(accounts);
    const chain = draw(3);
    const sequence = state.machine.depositSequences.get(chain) + 1 - (draw(4) === 0 ? 1 : 0);
    const parts = { chain, sequence, owner: address(account), account, asset: assetOf(draw) };
    return deposit(state, { kind: 'deposit', ...parts, amount: amountOf(draw) }, custodian);
  },
  withdraw: (state, draw) => {
    const parts = { asset: assetOf(draw), amount: amountOf(draw), chain: 0 };
    return withdraw(state, { kind: 'withdraw', ...parts, destination: address(9) }, callerOf(draw));
  },
  settleWithdrawal: (state, draw) => {
    const withdrawal = 1 + draw(state.machine.withdrawalSequence.get(0) + 1);
    const outcome = draw(3) === 0 ? 'returned' : 'paid';
    return settleWithdrawal(state, { kind: 'settleWithdrawal', withdrawal, outcome }, custodian);
  },
  transfer: (state, draw) => {
    const parts = { to: 1 + draw(accounts), asset: assetOf(draw), amount: amountOf(draw) };
    return transfer(state, { kind: 'transfer', ...parts }, callerOf(draw));
  },
  supply: (state, draw) =>
    supply(state, { kind: 'supply', asset: assetOf(draw), amount: amountOf(draw) }, callerOf(draw)),
  redeem: (state, draw) => {
    const amount = draw(3) === 0 ? 0n : amountOf(draw);
    return redeem(state, { kind: 'redeem', asset: assetOf(draw), amount }, callerOf(draw));
  },
  borrow: (state, draw) =>
    borrow(state, { kind: 'borrow', asset: assetOf(draw), amount: amountOf(draw) }, callerOf(draw)),
  repay: (state, draw) => {
    const amount = draw(3) === 0 ? 0n : amountOf(draw);
    return repay(state, { kind: 'repay', asset: assetOf(draw), amount }, callerOf(draw));
  },
  fundPool: (state, draw) => {
    const parts = { instrument: draw(2), amount: amountOf(draw) };
    return fundPool(state, { kind: 'fundPool', ...parts }, callerOf(draw));
  },
  // What a fill does to two accounts: one pays what the other gets, and a fee.
  gain: (state, draw) => {
    const amount = amountOf(draw);
    settle(state, 1 + draw(accounts), -amount);
    settle(state, 1 + draw(accounts), amount);
    settle(state, 1 + draw(accounts), -7n);
    if (draw(2) === 0) bookFee(state, 1, 7n);
    else bookPenalty(state, 1, 7n);
    return 0;
  },
  poolPays: (state, draw) => {
    const account = 1 + draw(accounts);
    const paid = drawPool(state, 1, amountOf(draw));
    return paid === 0n ? 0 : credit(state, account, 1, paid);
  },
  time: (state, draw) => {
    advance(state, draw(5_000_000));
    accrueInterest(state);
    releaseWithdrawals(state);
    return 0;
  },
};

function bankState(): State {
  const state = freshState();
  addAsset(state);
  addAsset(state);
  addInstrument(state, addUnderlying(state));
  for (let asset = 1; asset <= assets; asset++) {
    setAssetParameter(state, asset, assetParameters.isLendingOpen, 1);
    setAssetParameter(state, asset, assetParameters.outflowMin, 5_000_000);
  }
  for (let n = 1; n <= accounts; n++) {
    const parts = { chain: 0, sequence: n, owner: address(n), account: 0, asset: 1 };
    deposit(state, { kind: 'deposit', ...parts, amount: 50_000_000n }, custodian);
  }
  return state;
}

test('deposits, transfers, loans, gains, interest and withdrawals keep every asset exact', () => {
  const accepted = new Map<string, number>();
  const names = Object.keys(steps);
  for (let seed = 1; seed <= 40; seed++) {
    const draw = seeded(seed);
    const state = bankState();
    for (let k = 0; k < 250; k++) {
      const name = names[draw(names.length)] as string;
      const point = savepoint(state);
      const code = (steps[name] as Step)(state, draw);
      if (code === 0) accepted.set(name, (accepted.get(name) ?? 0) + 1);
      else rollbackTo(state, point);
      state.events.length = 0;
      if (k % 10 === 0 || k === 249) {
        expect(conservationErrors(state)).toEqual([]);
        expect(custodyErrors(state)).toEqual([]);
      }
    }
  }
  for (const name of names) expect(accepted.get(name) ?? 0, name).toBeGreaterThan(20);
});

test('whatever is asked and reported, each account gets what it asked for exactly once', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const draw = seeded(seed);
    const state = bankState();
    let paid = 0n;
    const before = 300_000_000n;
    for (let k = 0; k < 200; k++) {
      const name = ['withdraw', 'settleWithdrawal', 'time'][draw(3)] as string;
      const held = state.assets.custody.get(1);
      const point = savepoint(state);
      if ((steps[name] as Step)(state, draw) !== 0) rollbackTo(state, point);
      paid += held - state.assets.custody.get(1);
    }
    let balances = 0n;
    for (let n = 1; n <= accounts; n++) balances += balanceAmount(state, n, 1);
    expect(balances + state.assets.inFlight.get(1) + paid).toBe(before);
  }
});
