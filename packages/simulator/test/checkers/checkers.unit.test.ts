import type { Event, EventOf } from '@plimsoll/core/schema';
import { describe, expect, test } from 'vitest';
import type { CheckContext, Checker } from '../../src/checkers/checker.ts';
import { allCheckers } from '../../src/checkers/index.ts';
import { readRows } from '../../src/checkers/reading.ts';
import { sameRootChecker } from '../../src/checkers/sameRoot.ts';
import { Seed } from '../../src/seed.ts';
import { Market } from '../fixtures/market.ts';

/** Long and short are 20 lots of 10 a price unit against each other; idle has money only. */
function market(): Market {
  const made = new Market();
  made.open('long', 1_000_000);
  made.open('short', 1_000_000);
  made.open('idle', 1_000_000);
  made.trade('long', 'short', 20);
  made.at();
  return made;
}

function checker(name: string): Checker {
  const found = allCheckers().find((each) => each.name === name);
  if (found === undefined) throw new Error(`no checker ${name}`);
  return found;
}

/** What a checker says of the last block with events doctored in and rows read anew. */
function verdict(made: Market, name: string, events: readonly Event[] = []): string[] {
  return checker(name).check(contextWith(made, events));
}

function contextWith(made: Market, events: readonly Event[]): CheckContext {
  const { context } = made;
  const all = [...context.events, ...events];
  return {
    ...context,
    events: all,
    outcome: { ...context.outcome, events: all },
    after: readRows(context.state),
  };
}

function positionRow(made: Market, name: string): number {
  return made.world.machine.state.slabs.positions.find(made.id(name), 1);
}

function balanceRow(made: Market, name: string): number {
  return made.world.machine.state.slabs.balances.find(made.id(name), 1);
}

test('every checker is content with an ordinary block', () => {
  const made = market();
  for (const each of allCheckers()) expect(each.check(made.context)).toEqual([]);
});

test('the invariants I1 to I14 each have a checker', () => {
  const names = new Set(allCheckers().map(({ invariant }) => invariant));
  for (let n = 1; n <= 14; n++) expect(names).toContain(`I${n}`);
});

describe('a planted violation is found:', () => {
  test('I1, a unit out of nowhere', () => {
    const made = market();
    made.context.state.balances.amount.add(balanceRow(made, 'idle'), 1n);
    expect(verdict(made, 'conservation').join()).toMatch(/asset 1: there is/);
  });

  test('I2, a lot out of nowhere, and an entry', () => {
    const made = market();
    const { positions } = made.context.state;
    positions.size.add(positionRow(made, 'long'), 1);
    positions.entry.add(positionRow(made, 'long'), 1n);
    const found = verdict(made, 'sizes').join();
    expect(found).toMatch(/sizes of instrument 1 sum to 1/);
    expect(found).toMatch(/Σ entry/);
  });

  test('I3, an account below maintenance that nobody liquidates', () => {
    const made = market();
    made.context.state.balances.amount.set(balanceRow(made, 'long'), 0n);
    expect(verdict(made, 'liquidations').join()).toMatch(/not in liquidation/);
  });

  test('I3, an account that recovered and is not dropped', () => {
    const made = market();
    made.context.state.accounts.liquidationStage.set(made.id('idle'), 1);
    made.at();
    const { context } = made;
    const { state } = context;
    // The block dropped it; here it never left.
    state.accounts.liquidationStage.set(made.id('idle'), 1);
    const before = readRows(state);
    const after = readRows(state);
    const found = checker('liquidations').check({ ...context, before, after });
    expect(found.join()).toMatch(/still in liquidation/);
  });

  test('I4, a row that changes without a word', () => {
    const made = market();
    made.context.state.balances.amount.add(balanceRow(made, 'idle'), -5n);
    expect(verdict(made, 'gate').join()).toMatch(/no event names it/);
  });

  test('I4, a command that leaves an account short', () => {
    const made = market();
    const account = made.id('long');
    made.context.state.balances.amount.set(balanceRow(made, 'long'), 6_000_000n);
    const event: EventOf<'transferred'> = {
      kind: 'transferred',
      account,
      to: made.id('idle'),
      asset: 1,
      amount: 994_000_000_000n,
    };
    expect(verdict(made, 'gate', [event]).join()).toMatch(/went from free margin/);
  });

  const closedOut: EventOf<'closedOut'> = {
    kind: 'closedOut',
    account: 1,
    instrument: 1,
    size: 5,
    quote: 50_000_000n,
    penalty: 0n,
    fee: 0n,
    limit: 9_900,
    bankruptcyPrice: 9_000,
    healthBefore: -5,
    healthAfter: -4,
  };
  const filled: EventOf<'filled'> = {
    kind: 'filled',
    instrument: 1,
    price: 9_950,
    size: 5,
    taker: 1,
    maker: 2,
    takerOrder: 0,
    makerOrder: 1,
    takerSide: 'sell',
    takerFee: 0n,
    makerFee: 0n,
    isLiquidation: true,
  };

  test('I5, a close-out that lowers health, and one beyond its limit', () => {
    const made = market();
    expect(verdict(made, 'closeOuts', [filled, closedOut])).toEqual([]);
    const worse = { ...closedOut, healthAfter: -6 };
    expect(verdict(made, 'closeOuts', [filled, worse]).join()).toMatch(/took health from/);
    const beyond = { ...filled, price: 9_800 };
    expect(verdict(made, 'closeOuts', [beyond, closedOut]).join()).toMatch(/limit 9900/);
    expect(verdict(made, 'closeOuts', [closedOut]).join()).toMatch(/0 traded/);
  });

  const deficit: EventOf<'deficitOpened'> = {
    kind: 'deficitOpened',
    account: 1,
    instrument: 1,
    asset: 1,
    amount: 100n,
  };
  const drawn: EventOf<'poolDrawn'> = {
    kind: 'poolDrawn',
    instrument: 1,
    market: 1,
    asset: 1,
    amount: 40n,
  };
  const badDebt: EventOf<'badDebtRecorded'> = {
    kind: 'badDebtRecorded',
    instrument: 1,
    asset: 1,
    amount: 60n,
  };

  test('I6, a deficit that nobody pays, a payer out of its place, a pool that is spared', () => {
    const made = market();
    expect(verdict(made, 'lossOrder', [deficit, drawn, badDebt])).toEqual([]);
    expect(verdict(made, 'lossOrder', [deficit, drawn]).join()).toMatch(/40 was paid/);
    expect(verdict(made, 'lossOrder', [deficit, badDebt, drawn]).join()).toMatch(/after its place/);
    made.context.state.instruments.pool.set(1, 7n);
    expect(verdict(made, 'lossOrder', [deficit, drawn, badDebt]).join()).toMatch(/pool had more/);
  });

  const moved: EventOf<'deleveraged'> = {
    kind: 'deleveraged',
    instrument: 1,
    bankrupt: 1,
    account: 2,
    size: 20,
    quote: 200_000_000n,
    charge: 0n,
    pass: 3,
  };

  test('I6, a position that does not close at the mark', () => {
    const made = market();
    const event = { ...moved, quote: 1n };
    expect(verdict(made, 'lossOrder', [event]).join()).toMatch(/not at mark/);
  });

  test('I7, an account that pays for a market it was not in, or more than its margin', () => {
    const made = market();
    const loss: EventOf<'lossSocialized'> = {
      kind: 'lossSocialized',
      instrument: 1,
      asset: 1,
      account: made.id('idle'),
      amount: 5n,
      step: 'gains',
    };
    expect(verdict(made, 'principal', [loss]).join()).toMatch(/without being in it/);
    const large = { ...loss, account: made.id('long'), step: 'principal' as const };
    expect(verdict(made, 'principal', [{ ...large, amount: 5n }])).toEqual([]);
    const found = verdict(made, 'principal', [{ ...large, amount: 10n ** 13n }]);
    expect(found.join()).toMatch(/of principal/);
    const same = { ...moved, account: 1, bankrupt: 1 };
    expect(verdict(made, 'principal', [same]).join()).toMatch(/was closed against/);
  });

  test('I8, lots left open, lots counted twice, a charge at mark and one above the gain', () => {
    const made = market();
    const found = verdict(made, 'deleveraging', [moved]).join();
    expect(found).toMatch(/still holds instrument 1/);
    expect(found).toMatch(/ADL closed 20/);
    const charged = { ...moved, charge: 9n };
    expect(verdict(made, 'deleveraging', [charged]).join()).toMatch(/charged 9 in pass 3/);
    const above = { ...moved, charge: 10n ** 12n, pass: 1 };
    expect(verdict(made, 'deleveraging', [above]).join()).toMatch(/of a gain of 0/);
  });

  test('I9, a position that grows without an ok index', () => {
    const made = market();
    const { state } = made.context;
    state.underlyings.status.set(1, 3);
    state.positions.size.add(positionRow(made, 'long'), 5);
    const event = { ...filled, isLiquidation: false, taker: made.id('long') };
    expect(verdict(made, 'evidence', [event]).join()).toMatch(/without an ok index/);
  });

  test('I9, money that leaves a risky account whose asset has no ok index', () => {
    const made = market();
    made.top('long', 2, 1_000_000n);
    made.at();
    made.context.state.underlyings.status.set(1, 3);
    const event: EventOf<'transferred'> = {
      kind: 'transferred',
      account: made.id('long'),
      to: made.id('idle'),
      asset: 2,
      amount: 1n,
    };
    expect(verdict(made, 'evidence', [event]).join()).toMatch(/money left account/);
    // What is merely held blocks nothing.
    expect(verdict(made, 'evidence', [{ ...event, asset: 1 }]).join()).not.toMatch(/money left/);
  });

  test('I9, a liquidation of a healthy account', () => {
    const made = market();
    const event: EventOf<'liquidationStarted'> = {
      kind: 'liquidationStarted',
      account: made.id('long'),
      health: -1,
      equity: 5,
      maintenance: 6,
    };
    expect(verdict(made, 'evidence', [event]).join()).toMatch(/was liquidated with health/);
  });

  test('I10, a cancel that is refused because the account is in liquidation', () => {
    const made = market();
    made.does('long', { kind: 'cancelAll', instrument: 1 });
    const { context } = made;
    const outcome = { ...context.outcome, results: [{ code: 0, actions: [117] }] };
    const found = checker('reductions').check({ ...context, outcome });
    expect(found.join()).toMatch(/cancelAll was refused with 117/);
  });

  test('I11, more than a bucket in a day', () => {
    const made = market();
    const event: EventOf<'withdrawalReleased'> = {
      kind: 'withdrawalReleased',
      withdrawal: 1,
      account: 1,
      asset: 1,
      amount: 10n ** 13n,
      remaining: 0n,
    };
    expect(verdict(made, 'outflow', [event]).join()).toMatch(/left in 0 ms/);
  });

  test('I12, a deposit credited twice, a withdrawal nobody asked for, custody that moves alone', () => {
    const made = market();
    const deposited: EventOf<'deposited'> = {
      kind: 'deposited',
      account: 1,
      asset: 1,
      amount: 1n,
      chain: 0,
      sequence: 1,
    };
    const released: EventOf<'withdrawalReleased'> = {
      kind: 'withdrawalReleased',
      withdrawal: 77,
      account: 1,
      asset: 1,
      amount: 1n,
      remaining: 0n,
    };
    const found = verdict(made, 'onceOnly', [deposited, deposited, released]).join();
    expect(found).toMatch(/credited twice/);
    expect(found).toMatch(/was never requested/);
    expect(found).toMatch(/moved by 0, not 2/);
  });

  test('I13, a root that does not follow from the state', () => {
    const made = market();
    const { state } = made.context;
    const twins = sameRootChecker(new Seed(3), { everyBlocks: 1, livesBlocks: 1 });
    expect(twins.check(made.context)).toEqual([]);
    made.at();
    expect(twins.check(made.context)).toEqual([]);
    // Written, and then forgotten by the log: the trees never learn of it.
    state.accounts.ownRatePpm.set(made.id('idle'), 5);
    state.log.clear();
    expect(twins.check(made.context).join()).toMatch(/restored twin has the root/);
  });

  test('I14, an account below maintenance that the screen passes over', () => {
    const made = market();
    const { state } = made.context;
    state.balances.amount.set(balanceRow(made, 'long'), 0n);
    state.accounts.armedAt.set(made.id('long'), 1e300);
    expect(verdict(made, 'screen').join()).toMatch(/is not nominated/);
  });
});
