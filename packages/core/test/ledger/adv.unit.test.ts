import { test, expect } from 'vitest';
import { createWorld, stepAccepted, step, by, byAdmin, deposit, key, ACCOUNTS, type World, commandOf } from '../fixtures/world.ts';
import { applyBlock } from '../../src/machine/index.ts';
import { assetParameters, globalParameters, type Action } from '../../src/schema/index.ts';
import { freeMargin } from '../../src/risk/index.ts';
import { balanceAmount } from '../../src/ledger/index.ts';

const { grace, frank, alice } = ACCOUNTS;
function many(world: World, account: number, actions: Action[]) {
  // commands of 32
  const commands = [];
  for (let i = 0; i < actions.length; i += 32) {
    const c = commandOf(world, by(account, actions[i]!));
    commands.push({ ...c, actions: actions.slice(i, i + 32) });
  }
  world.timeMs += 30_000; world.height += 1;
  const out = applyBlock(world.machine, { height: world.height, timeMs: world.timeMs, version: 1, observations: [], commands });
  if (out.code !== 0 || out.refusals.length) throw new Error(JSON.stringify(out.refusals[0], (_, v) => typeof v === 'bigint' ? String(v) : v));
}
function listed(): World {
  const world = createWorld();
  const set = (p: {id:number}, v: number) => ({ parameter: p.id, value: BigInt(v) });
  stepAccepted(world, 1000, [byAdmin({ kind: 'listAsset', name: 'WBTC', decimals: 8, underlying: 1, valueNumerator: 1, valueDenominator: 10_000,
    parameters: [set(assetParameters.isLendingOpen, 1), set(assetParameters.haircutInitialPpm, 200_000), set(assetParameters.haircutMaintenancePpm, 100_000), set(assetParameters.depositMin, 0)] })]);
  stepAccepted(world, 1000, [deposit(world, { owner: key(grace), account: grace, asset: 3, amount: 100_000_000n })]);
  return world;
}
test('supply reset', () => {
  const world = listed();
  stepAccepted(world, 1000, []);
  const before = freeMargin(world.machine.state, grace);
  stepAccepted(world, 1000, [by(grace, { kind: 'supply', asset: 3, amount: 100n })]);
  for (let r = 0; r < 10; r++) {
  const actions: Action[] = [];
  for (let i = 0; i < 1900; i++) actions.push({ kind: 'supply', asset: 3, amount: 1n }, { kind: 'redeem', asset: 3, amount: 1n });
  many(world, grace, actions);
  const a = world.machine.state.assets;
  console.log(r, a.supplyTotal.get(3), a.supplyShares.get(3));
  }
  stepAccepted(world, 1000, []);
  stepAccepted(world, 1000, [by(grace, { kind: 'redeem', asset: 3, amount: 0n }), by(grace, { kind: 'supply', asset: 3, amount: 90_000_000n })]);
  console.log(before, freeMargin(world.machine.state, grace));
});
test('debt reset', () => {
  const world = listed();
  stepAccepted(world, 1000, [by(grace, { kind: 'supply', asset: 3, amount: 90_000_000n })]);
  stepAccepted(world, 1000, [by(frank, { kind: 'borrow', asset: 3, amount: 1000n })]);
  const a = world.machine.state.assets;
  for (let r = 0; r < 3; r++) {
  const actions: Action[] = [];
  for (let i = 0; i < 1300; i++) actions.push({ kind: 'borrow', asset: 3, amount: 1n }, { kind: 'repay', asset: 3, amount: 1n }, );
  try { many(world, alice, actions); } catch (e) { console.log(String(e)); }
  console.log(r, a.borrowTotal.get(3), a.borrowShares.get(3));
  }
});
