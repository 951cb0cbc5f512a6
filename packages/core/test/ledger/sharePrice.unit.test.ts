// Two colluding accounts against the prices of shares: a lending market with next to nothing in it,
// worn down or blown up by roundings, then used in one block at the price that margin had frozen.
import { describe, expect, test } from 'vitest';
import { conservationErrors } from '../../src/ledger/index.ts';
import { applyBlock } from '../../src/machine/index.ts';
import { freeMargin } from '../../src/risk/index.ts';
import { type Action, assetParameters } from '../../src/schema/index.ts';
import {
  ACCOUNTS,
  by,
  byAdmin,
  commandOf,
  createWorld,
  deposit,
  key,
  type Sent,
  stepAccepted,
  type World,
} from '../fixtures/world.ts';

const { alice, bob, frank, grace } = ACCOUNTS;
const WBTC = 3;
/** 0.9 and 0.6 WBTC. */
const SUPPLIED = 90_000_000n;
const LOAN = 60_000_000n;

const set = (parameter: { id: number }, value: bigint): { parameter: number; value: bigint } => ({
  parameter: parameter.id,
  value,
});

/** A new asset at a haircut of 20 %; grace holds a whole one, alice and bob a little. */
function newMarket(): World {
  const world = createWorld();
  const parameters = [
    set(assetParameters.isLendingOpen, 1n),
    set(assetParameters.haircutInitialPpm, 200_000n),
    set(assetParameters.haircutMaintenancePpm, 100_000n),
    set(assetParameters.depositMin, 0n),
  ];
  const value = { underlying: 1, valueNumerator: 1, valueDenominator: 10_000 };
  stepAccepted(world, 1_000, [
    byAdmin({ kind: 'listAsset', name: 'WBTC', decimals: 8, ...value, parameters }),
  ]);
  const give = (account: number, amount: bigint): Sent =>
    deposit(world, { owner: key(account), account, asset: WBTC, amount });
  stepAccepted(world, 1_000, [give(grace, 100_000_000n), give(alice, 10_000n), give(bob, 10_000n)]);
  return world;
}

/** One block of many actions of one account. */
function sendMany(world: World, account: number, actions: readonly Action[]): void {
  world.timeMs += 20_000;
  world.height += 1;
  const commands = [];
  for (let i = 0; i < actions.length; i += 32) {
    const { signer, nonce, expiresMs } = commandOf(world, by(account, actions[i] as Action));
    commands.push({ signer, account, nonce, expiresMs, actions: actions.slice(i, i + 32) });
  }
  const { height, timeMs } = world;
  const block = { height, timeMs, version: 1, observations: [], commands };
  const outcome = applyBlock(world.machine, block);
  expect([outcome.code, outcome.refusals]).toEqual([0, []]);
}

const borrow = (amount: bigint): Action => ({ kind: 'borrow', asset: WBTC, amount });
const repay = (amount: bigint): Action => ({ kind: 'repay', asset: WBTC, amount });
const supply = (amount: bigint): Action => ({ kind: 'supply', asset: WBTC, amount });
const redeem = (amount: bigint): Action => ({ kind: 'redeem', asset: WBTC, amount });

/** Borrowing and repaying one unit `count` times: each time a rounding stays in the market. */
function cycles(count: number): Action[] {
  return Array.from({ length: count }, () => [borrow(1n), repay(0n)]).flat();
}

/** A debt of a thousand units whose shares do not divide evenly, and an hour of interest. */
function dustDebts(world: World): void {
  stepAccepted(world, 1_000, [by(grace, supply(SUPPLIED))]);
  stepAccepted(world, 1_000, [by(frank, borrow(1_000n))]);
  stepAccepted(world, 3_600_000, []);
  stepAccepted(world, 1_000, [by(bob, borrow(1n))]);
  stepAccepted(world, 1_000, [by(bob, repay(1n))]);
}

describe('a loan counts in full in the block that takes it', () => {
  test('after roundings were to wear the price of a debt share down over blocks', () => {
    const world = newMarket();
    const { state } = world.machine;
    dustDebts(world);
    const before = state.assets.borrowTotal.double(WBTC) / state.assets.borrowShares.double(WBTC);
    for (let block = 0; block < 3; block++) sendMany(world, alice, cycles(320));
    const after = state.assets.borrowTotal.double(WBTC) / state.assets.borrowShares.double(WBTC);
    expect(after).toBeGreaterThanOrEqual(before);
    stepAccepted(world, 1_000, []);
    const free = freeMargin(state, frank);
    stepAccepted(world, 1_000, [by(frank, repay(0n)), by(frank, borrow(LOAN))]);
    // Nothing but the second's drift of other prices, where 1,000,000 is a settlement unit.
    expect(freeMargin(state, frank)).toBeLessThan(free + 1_000_000);
    expect(conservationErrors(state)).toEqual([]);
  });

  test('after roundings blew the price of a debt share up in the same block', () => {
    const world = newMarket();
    const { state } = world.machine;
    dustDebts(world);
    const free = freeMargin(state, alice);
    sendMany(world, alice, [...cycles(1_600), borrow(LOAN)]);
    expect(freeMargin(state, alice)).toBeLessThan(free);
    expect(conservationErrors(state)).toEqual([]);
    // Nor is the loan dearer than the roundings together.
    stepAccepted(world, 1_000, []);
    expect(state.assets.borrowTotal.get(WBTC)).toBeLessThan(LOAN + 5_000n);
  });
});

test('what is lent counts no more than it was worth in the block that lends it anew', () => {
  const world = newMarket();
  const { state } = world.machine;
  stepAccepted(world, 1_000, [by(grace, supply(100n))]);
  // A year of interest makes the shares of the only supplier dearer than those of a new market.
  stepAccepted(world, 1_000, [by(frank, borrow(80n))]);
  stepAccepted(world, 365 * 86_400_000, []);
  for (let i = 0; i < 4; i++) stepAccepted(world, 1_000, []);
  stepAccepted(world, 1_000, [deposit(world, { owner: key(frank), account: frank, asset: WBTC })]);
  stepAccepted(world, 1_000, [by(frank, repay(0n))]);
  stepAccepted(world, 1_000, []);
  expect(state.assets.supplyPerShare.get(WBTC)).toBeGreaterThan(0.00104);
  const free = freeMargin(state, grace);
  stepAccepted(world, 1_000, [by(grace, redeem(0n)), by(grace, supply(SUPPLIED))]);
  expect(freeMargin(state, grace)).toBeLessThanOrEqual(free);
  expect(conservationErrors(state)).toEqual([]);
});
