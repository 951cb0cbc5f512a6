import { beforeEach, describe, expect, test } from 'vitest';
import { borrow, repay, settle, supply, take } from '../../src/ledger/index.ts';
import { applyFill, ensurePosition, prunePosition } from '../../src/positions/index.ts';
import { freeMargin, gate, gateAccount, health, touchedAccounts } from '../../src/risk/index.ts';
import { freezeShareValues } from '../../src/risk/shareValues.ts';
import { accepted, type Code, rejections, SIDE } from '../../src/schema/index.ts';
import { findPosition, type State } from '../../src/state/index.ts';
import { addAsset, freshState } from '../fixtures/state.ts';
import {
  addAccount,
  addMarket,
  give,
  hold,
  rest,
  setAssetParameter,
  setAssetPrice,
  setInstrumentParameter,
  setMark,
} from './portfolio.ts';

// One market at 100, 5 % initial and 2.5 % maintenance, v = 1.
let state: State;
let market: number;

beforeEach(() => {
  state = freshState();
  market = addMarket(state, 100);
});

/** A trade with nobody: the other side is not what is tested. */
function trade(account: number, lots: number, price: number, instrument = market): Code {
  ensurePosition(state, account, instrument);
  const quote = BigInt(Math.abs(lots) * price);
  applyFill(state, { account, instrument, lots, quote });
  prunePosition(state, account, instrument);
  return accepted;
}

const pay = (account: number, amount: bigint) => (): Code => take(state, account, 1, amount);

describe('the gate passes what leaves free margin', () => {
  test('a position within free margin passes, one lot beyond it is refused with both figures', () => {
    const account = addAccount(state, 1_000n);
    expect(gate(state, () => trade(account, 200, 100))).toBe(accepted);
    expect(freeMargin(state, account)).toBe(0);
    const before = state.log.count;
    expect(gate(state, () => trade(account, 1, 100))).toBe(rejections.initialMargin.code);
    expect(state.figures).toEqual({ account, required: 1005, available: 1000 });
    expect(state.log.count).toBe(before);
    expect(state.events.map((event) => event.kind)).toEqual(['accountOpened']);
  });

  test('what a handler refuses is undone and its code returned', () => {
    const account = addAccount(state, 1_000n);
    const before = state.log.count;
    const code = gate(state, () => {
      trade(account, 10, 100);
      return rejections.orderSize.code;
    });
    expect(code).toBe(rejections.orderSize.code);
    expect(state.log.count).toBe(before);
  });

  test('every account that was written is tested, one that was not is not', () => {
    const [rich, poor, other] = [1_000n, 10n, 10n].map((amount) => addAccount(state, amount));
    hold(state, other as number, { instrument: market, size: 50, price: 100 });
    expect(freeMargin(state, other as number)).toBeLessThan(0);
    expect(gate(state, () => trade(rich as number, 10, 100))).toBe(accepted);
    const both = (): Code => {
      trade(rich as number, 10, 100);
      return trade(poor as number, -10, 100);
    };
    expect(gate(state, both)).toBe(rejections.initialMargin.code);
    expect(state.figures).toMatchObject({ account: poor });
  });

  test('the gate of one account leaves the other side of a fill to its own gate', () => {
    const [maker, taker] = [addAccount(state, 1_000n), addAccount(state, 10n)];
    const fill = (): Code => {
      trade(maker, 10, 100);
      return trade(taker, -10, 100);
    };
    expect(gateAccount(state, taker, fill)).toBe(rejections.initialMargin.code);
    expect(gateAccount(state, maker, fill)).toBe(accepted);
  });
});

describe('a short account may only reduce', () => {
  let account: number;

  beforeEach(() => {
    account = addAccount(state, 1_000n);
    hold(state, account, { instrument: market, size: 200, price: 100 });
    setMark(state, market, 98);
    expect(freeMargin(state, account)).toBeLessThan(0);
  });

  test('a reduction that realizes a loss and pays a fee passes', () => {
    const reduce = (): Code => {
      settle(state, account, -5n);
      return trade(account, -50, 98);
    };
    expect(gate(state, reduce)).toBe(accepted);
    expect(state.positions.size.get(findPosition(state, account, market))).toBe(150);
  });

  test('a reduction at a price that costs more margin than it frees is refused', () => {
    expect(gate(state, () => trade(account, -50, 90))).toBe(rejections.riskIncreased.code);
    expect(state.positions.size.get(findPosition(state, account, market))).toBe(200);
  });

  test('growing, flipping and another leg are refused though free margin is no worse', () => {
    const other = addMarket(state, 100, [{ lowerBound: 0, initialPpm: 0, maintenancePpm: 0 }]);
    setMark(state, market, 94);
    expect(gate(state, () => trade(account, 1, 94))).toBe(rejections.riskIncreased.code);
    expect(gate(state, () => trade(account, -201, 94))).toBe(rejections.riskIncreased.code);
    expect(gate(state, () => trade(account, 1, 100, other))).toBe(rejections.riskIncreased.code);
    expect(gate(state, () => trade(account, -200, 94))).toBe(accepted);
    expect(state.accounts.positionCount.get(account)).toBe(0);
  });

  test('paying out a unit is refused, topping up one passes', () => {
    expect(gate(state, pay(account, 1n))).toBe(rejections.riskIncreased.code);
    const topUp = (): Code => {
      give(state, account, 1, 1_001n);
      return accepted;
    };
    expect(gate(state, topUp)).toBe(accepted);
  });

  test('a new order is refused, cancelling one passes', () => {
    const order = { instrument: market, side: SIDE.buy, lots: 1, price: 90 };
    const place = (): Code => {
      rest(state, account, order);
      return accepted;
    };
    expect(gate(state, place)).toBe(rejections.riskIncreased.code);
    rest(state, account, order);
    const row = findPosition(state, account, market);
    const cancel = (): Code => {
      state.positions.bidLots.set(row, 0);
      state.positions.bidValue.set(row, 0);
      state.positions.bidHigh.set(row, 0);
      state.positions.ordersHead.set(row, 0);
      return accepted;
    };
    expect(gate(state, cancel)).toBe(accepted);
  });

  test('collateral that counts for nothing may not leave or be lent either', () => {
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, 2);
    setAssetParameter(state, asset, { name: 'isLendingOpen', value: 1 });
    give(state, account, asset, 500n);
    const caller = { account, isOwner: true, role: 0 };
    const lend = (): Code => supply(state, { kind: 'supply', asset, amount: 100n }, caller);
    expect(gate(state, () => take(state, account, asset, 1n))).toBe(rejections.riskIncreased.code);
    expect(gate(state, () => take(state, account, asset, 500n))).toBe(
      rejections.riskIncreased.code,
    );
    expect(gate(state, lend)).toBe(rejections.riskIncreased.code);
  });

  test('repaying a loan passes though debt shares round against the account', () => {
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, 2);
    setAssetParameter(state, asset, { name: 'isLendingOpen', value: 1 });
    const lender = addAccount(state, 0n);
    give(state, lender, asset, 10_000n);
    const lending = { account: lender, isOwner: true, role: 0 };
    supply(state, { kind: 'supply', asset, amount: 10_000n }, lending);
    const caller = { account, isOwner: true, role: 0 };
    const take500 = (): Code => borrow(state, { kind: 'borrow', asset, amount: 500n }, caller);
    expect(gate(state, take500)).toBe(rejections.riskIncreased.code);
    expect(take500()).toBe(accepted);
    state.assets.borrowTotal.add(asset, 7n);
    // Each repayment leaves a unit among 400 to the shares that stay: the next burns dearer ones.
    freezeShareValues(state);
    for (const amount of [1n, 3n, 100n, 0n]) {
      const free = freeMargin(state, account);
      const back = (): Code => repay(state, { kind: 'repay', asset, amount }, caller);
      expect(gate(state, back)).toBe(accepted);
      expect(freeMargin(state, account)).toBeGreaterThan(free - 8);
    }
  });

  test('a maker that is short passes its fill only if it reduces', () => {
    expect(gateAccount(state, account, () => trade(account, -10, 98))).toBe(accepted);
    const grow = (): Code => trade(account, 10, 98);
    expect(gateAccount(state, account, grow)).toBe(rejections.riskIncreased.code);
  });
});

describe('an account in liquidation', () => {
  test('may reduce or top up, and nothing else though it has free margin', () => {
    const account = addAccount(state, 1_000n);
    hold(state, account, { instrument: market, size: 100, price: 100 });
    state.accounts.liquidationStage.set(account, 1);
    expect(freeMargin(state, account)).toBeGreaterThan(0);
    expect(gate(state, () => trade(account, 1, 100))).toBe(rejections.inLiquidation.code);
    expect(gate(state, pay(account, 1n))).toBe(rejections.inLiquidation.code);
    expect(gate(state, () => trade(account, -10, 100))).toBe(accepted);
    const topUp = (): Code => {
      settle(state, account, 5n);
      return accepted;
    };
    expect(gate(state, topUp)).toBe(accepted);
  });
});

describe('open interest scales only a command that grows', () => {
  let account: number;

  beforeEach(() => {
    account = addAccount(state, 1_000n);
    setInstrumentParameter(state, market, { name: 'openInterestLow', value: 1_000 });
    setInstrumentParameter(state, market, { name: 'openInterestHigh', value: 2_000 });
  });

  test('a growing order is tested with s after the command, a reducing one without', () => {
    const growing = { account, instrument: market };
    // 15 lots at 100: s = 0.5, so the rate is 0.05 + 0.95 × 0.5 = 52.5 %.
    expect(gate(state, () => trade(account, 15, 100), growing)).toBe(accepted);
    // 20 lots: s = 1, so all of 2,000 is required of 1,000.
    expect(gate(state, () => trade(account, 5, 100), growing)).toBe(rejections.initialMargin.code);
    expect(state.figures).toEqual({ account, required: 2000, available: 1000 });
    state.instruments.openInterest.set(market, 100);
    expect(gate(state, () => trade(account, -5, 100), growing)).toBe(accepted);
  });

  test('a maker whose order fills is not tested with s', () => {
    const maker = addAccount(state, 1_000n);
    rest(state, maker, { instrument: market, side: SIDE.sell, lots: 50, price: 100 });
    state.instruments.openInterest.set(market, 10_000);
    const fill = (): Code => trade(maker, -50, 100);
    const row = findPosition(state, maker, market);
    const filled = (): Code => {
      state.positions.askLots.set(row, 0);
      state.positions.askValue.set(row, 0);
      return fill();
    };
    expect(gateAccount(state, maker, filled)).toBe(accepted);
  });

  test('total deposits scale the collateral of a growing command and of no other', () => {
    setInstrumentParameter(state, market, { name: 'openInterestLow', value: 1_000_000 });
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, 1);
    setAssetParameter(state, asset, { name: 'haircutInitialPpm', value: 0 });
    setAssetParameter(state, asset, { name: 'haircutMaintenancePpm', value: 0 });
    setAssetParameter(state, asset, { name: 'depositScaleStart', value: 1_000 });
    const holder = addAccount(state, 0n);
    give(state, holder, asset, 1_000n);
    const growing = { account: holder, instrument: market };
    expect(gate(state, () => trade(holder, 100, 100), growing)).toBe(accepted);
    const [free, healthBefore] = [freeMargin(state, holder), health(state, holder)];
    state.assets.balanceTotal.set(asset, 4_000n);
    expect([freeMargin(state, holder), health(state, holder)]).toEqual([free, healthBefore]);
    expect(gate(state, () => trade(holder, 1, 100), growing)).toBe(rejections.initialMargin.code);
    expect(state.figures).toEqual({ account: holder, required: 505, available: 250 });
    expect(gate(state, () => trade(holder, -1, 100), growing)).toBe(accepted);
  });
});

describe('touched accounts are read from the log', () => {
  const touchedBy = (run: () => void): number[] => {
    const from = state.log.count;
    const touched: number[] = [];
    run();
    touchedAccounts(state, from, (account) => touched.push(account));
    return touched;
  };

  test('rows that come, move and go name their accounts, each once and ascending', () => {
    const markets = [market, ...[1, 2, 3, 4].map(() => addMarket(state, 100))];
    const accounts = [1n, 2n, 3n].map((amount) => addAccount(state, amount));
    const [first, second, third] = accounts as [number, number, number];
    for (const instrument of markets) hold(state, third, { instrument, size: 1, price: 100 });
    expect(
      touchedBy(() => {
        for (const instrument of [...markets].reverse()) {
          hold(state, second, { instrument, size: 1, price: 100 });
        }
        for (const instrument of markets) {
          state.positions.size.set(findPosition(state, third, instrument), 0);
          state.positions.entry.set(findPosition(state, third, instrument), 0n);
          prunePosition(state, third, instrument);
        }
        settle(state, first, 1n);
      }),
    ).toEqual([first, second, third]);
  });

  test('an account whose envelope was charged or whose agents changed is not touched', () => {
    const account = addAccount(state, 1n);
    expect(
      touchedBy(() => {
        state.accounts.quota.set(account, 5);
        state.accounts.nonceHigh.set(account, 5);
        state.accounts.orderCount.set(account, 5);
        state.accounts.armedAt.set(account, 5);
        state.slabs.agents.insert(account, 0);
      }),
    ).toEqual([]);
    expect(touchedBy(() => state.accounts.ownRatePpm.set(account, 100_000))).toEqual([account]);
  });

  test('a row that changes hands within a command names both owners', () => {
    const [from, to] = [addAccount(state, 1n), addAccount(state, 1n)];
    hold(state, from, { instrument: market, size: 0, price: 100 });
    expect(
      touchedBy(() => {
        prunePosition(state, from, market);
        ensurePosition(state, to, market);
      }),
    ).toEqual([from, to]);
  });
});
