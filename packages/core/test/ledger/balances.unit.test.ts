import { describe, expect, test } from 'vitest';
import {
  AMOUNT_MAX,
  assetRampPpm,
  balanceAmount,
  conservationErrors,
  credit,
  debtOf,
  ensureBalance,
  freezeBalanceTotals,
  settle,
  take,
  transfer,
} from '../../src/ledger/index.ts';
import { rejections } from '../../src/schema/index.ts';
import { findBalance } from '../../src/state/index.ts';
import {
  accountWith,
  addAsset,
  advance,
  freshState,
  smallLimits,
  startMs,
} from '../fixtures/state.ts';

describe('balances', () => {
  test('a credit and a take of nothing are refused', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 10n });
    const { code } = rejections.amountInvalid;
    expect([credit(state, account, 1, 0n), take(state, account, 1, 0n)]).toEqual([code, code]);
    expect(take(state, account, 1, -5n)).toBe(code);
  });

  test('a take above the balance is refused and names both figures', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 10n });
    expect(take(state, account, 1, 11n)).toBe(rejections.balanceInsufficient.code);
    expect(state.figures).toEqual({ held: 10n, amount: 11n });
  });

  test('a balance never exceeds what a cell holds', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: AMOUNT_MAX });
    expect(credit(state, account, 1, 1n)).toBe(rejections.balanceOverflow.code);
  });

  test('an emptied balance is removed, but for the settlement balance', () => {
    const state = freshState();
    const asset = addAsset(state);
    const account = accountWith(state, 1, { amount: 1n });
    credit(state, account, asset, 3n);
    take(state, account, asset, 3n);
    take(state, account, 1, 1n);
    expect(findBalance(state, account, asset)).toBe(-1);
    expect(findBalance(state, account, 1)).toBeGreaterThanOrEqual(0);
  });

  test('an account without room for another balance is told so', () => {
    const state = freshState({ ...smallLimits, balanceRowsMax: 1 });
    const asset = addAsset(state);
    const account = accountWith(state, 1, { amount: 1n });
    expect(ensureBalance(state, account, asset)).toBe(-1);
    expect(credit(state, account, asset, 1n)).toBe(rejections.balancesFull.code);
  });
});

describe('settling', () => {
  test('a loss beyond the balance becomes a forced loan, and a gain repays it first', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 10n });
    settle(state, account, -25n);
    expect([balanceAmount(state, account, 1), debtOf(state, account, 1)]).toEqual([0n, 15n]);
    settle(state, account, 20n);
    expect([balanceAmount(state, account, 1), debtOf(state, account, 1)]).toEqual([5n, 0n]);
    expect(state.balances.debtShares.get(findBalance(state, account, 1))).toBe(0n);
    expect(state.events.map((event) => event.kind)).toEqual([
      'accountOpened',
      'borrowed',
      'repaid',
    ]);
  });

  test('a gain below the debt repays a part of it', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 0n });
    settle(state, account, -100n);
    settle(state, account, 30n);
    expect([balanceAmount(state, account, 1), debtOf(state, account, 1)]).toEqual([0n, 70n]);
  });

  test('nothing settled changes nothing', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 10n });
    state.log.clear();
    settle(state, account, 0n);
    expect(state.log.count).toBe(0);
  });
});

describe('transfers', () => {
  const move = (parts: { to?: number; asset?: number; amount?: bigint }) => {
    const state = freshState();
    accountWith(state, 1, { amount: 10n });
    accountWith(state, 2, { amount: 0n });
    const { to = 2, asset = 1, amount = 4n } = parts;
    const caller = { account: 1, isOwner: true, role: 0 };
    const code = transfer(state, { kind: 'transfer', to, asset, amount }, caller);
    return { code, amounts: [1, 2].map((account) => balanceAmount(state, account, 1)) };
  };

  test('a transfer moves the amount', () => {
    expect(move({})).toEqual({ code: 0, amounts: [6n, 4n] });
  });

  test('unknown targets and assets, oneself, nothing and too much are refused', () => {
    expect(move({ to: 3 }).code).toBe(rejections.accountUnknown.code);
    expect(move({ to: 0 }).code).toBe(rejections.accountUnknown.code);
    expect(move({ to: 1 }).code).toBe(rejections.transferToSelf.code);
    expect(move({ asset: 2 }).code).toBe(rejections.assetUnknown.code);
    expect(move({ amount: 0n }).code).toBe(rejections.amountInvalid.code);
    expect(move({ amount: 11n }).code).toBe(rejections.balanceInsufficient.code);
  });
});

describe('what scales collateral', () => {
  test('an asset ramps from nothing to its weight on a straight line, down', () => {
    const state = freshState();
    const asset = addAsset(state);
    state.assets.listedMs.set(asset, startMs);
    state.assets.rampedMs.set(asset, startMs + 3_000);
    expect(assetRampPpm(state, asset)).toBe(0);
    advance(state, 1_000);
    expect(assetRampPpm(state, asset)).toBe(333_333);
    advance(state, 2_000);
    expect(assetRampPpm(state, asset)).toBe(1_000_000);
    expect(assetRampPpm(state, 1)).toBe(1_000_000);
  });

  test('the total that accounts hold is read off conservation', () => {
    const state = freshState();
    const asset = addAsset(state);
    accountWith(state, 1, { amount: 10n });
    accountWith(state, 2, { amount: 7n, asset });
    state.assets.fees.set(asset, 2n);
    state.assets.custody.add(asset, 2n);
    freezeBalanceTotals(state);
    expect([state.assets.balanceTotal.get(1), state.assets.balanceTotal.get(asset)]).toEqual([
      10n,
      7n,
    ]);
    expect(conservationErrors(state)).toEqual([]);
  });

  test('the full scan names what does not add up', () => {
    const state = freshState();
    const account = accountWith(state, 1, { amount: 10n });
    state.balances.amount.add(findBalance(state, account, 1), 1n);
    state.balances.debtShares.add(findBalance(state, account, 1), 1n);
    expect(conservationErrors(state)).toEqual([
      'asset 1: what is there 10 is not what is claimed 11',
      'asset 1: Σ debt shares 1 is not the total',
    ]);
  });
});
