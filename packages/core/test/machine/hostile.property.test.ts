import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEnvelope, runBody } from '../../src/machine/dispatch.ts';
import { admit, applyBlock } from '../../src/machine/index.ts';
import {
  type Action,
  actionProblem,
  type Block,
  commandSchema,
  rejections,
} from '../../src/schema/index.ts';
import { bytesOf, changedColumns } from '../fixtures/bytes.ts';
import {
  ACCOUNTS,
  ADMIN,
  CUSTODIAN,
  commandOf,
  createWorld,
  GUARDIAN,
  key,
  observations,
} from '../fixtures/world.ts';
import { anyAction, edgeAction, hostileAction, idHooks } from '../generators.ts';

const hooks = idHooks({ accounts: 8, assets: 3, underlyings: 3, instruments: 3 });

/** Sends an action by whoever may send its kind, so that it gets as far as it can. */
function senderOf(action: Action, account: number): { signer: `0x${string}`; account: number } {
  switch (commandSchema[action.kind].authority) {
    case 'custodian':
      return { signer: CUSTODIAN, account: 0 };
    case 'admin':
      return { signer: ADMIN, account: 0 };
    case 'guardian':
      return { signer: GUARDIAN, account: 0 };
    default:
      return { signer: key(account), account };
  }
}

test('a hostile action is refused or accepted, never thrown; refused, it changes nothing', () => {
  const world = createWorld();
  const { machine } = world;
  const { state } = machine;
  const codes = new Map<number, number>();
  const actions = fc.oneof(anyAction(hooks), edgeAction(hooks), hostileAction());
  fc.assert(
    fc.property(actions, fc.constantFrom(...Object.values(ACCOUNTS)), (value, account) => {
      const action = value as Action;
      const isSound = actionProblem(action) === undefined;
      const sender = isSound ? senderOf(action, account) : { signer: key(account), account };
      const command = commandOf(world, { ...sender, action });
      if (!isSound) {
        expect(admit(machine, command)).toBe(rejections.malformed.code);
        codes.set(100, (codes.get(100) ?? 0) + 1);
        return;
      }
      state.log.clear();
      const place = { index: 0, report: { refusals: [] } };
      const atDoor = bytesOf(state);
      const { code, signer } = openEnvelope(machine, command, place);
      if (code !== 0) {
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect(changedColumns(state, atDoor)).toEqual([]);
        return;
      }
      const before = bytesOf(state);
      const [each] = runBody(machine, command, { ...place, signer }).actions;
      codes.set(each as number, (codes.get(each as number) ?? 0) + 1);
      if (each !== 0) expect(changedColumns(state, before)).toEqual([]);
      // What was accepted is undone, so that the world stays as it is.
      state.log.rollback(0);
    }),
    { numRuns: 4000, seed: 7 },
  );
  expect(codes.get(0) ?? 0).toBeGreaterThan(20);
  expect(codes.get(rejections.malformed.code) ?? 0).toBeGreaterThan(20);
  expect(codes.size).toBeGreaterThan(25);
  expect(codes.has(rejections.invariantBroken.code)).toBe(false);
});

test('a block that is replayed, reordered, early, of another version or no block is refused', () => {
  const world = createWorld();
  const { machine } = world;
  const { state } = machine;
  const next: Block = {
    height: world.height + 1,
    timeMs: world.timeMs + 1,
    version: 1,
    observations: [],
    commands: [],
  };
  const cases: [unknown, number][] = [
    [{ ...next, height: next.height - 1 }, rejections.blockHeight.code],
    [{ ...next, height: next.height + 1 }, rejections.blockHeight.code],
    [{ ...next, timeMs: world.timeMs - 1 }, rejections.blockTime.code],
    [{ ...next, version: 2 }, rejections.blockVersion.code],
    [{ ...next, timeMs: Number.NaN }, rejections.blockMalformed.code],
    [{ ...next, commands: undefined }, rejections.blockMalformed.code],
    [undefined, rejections.blockMalformed.code],
    [[], rejections.blockMalformed.code],
  ];
  const before = bytesOf(state);
  for (const [block, code] of cases) {
    expect(applyBlock(machine, block as Block).code).toBe(code);
    expect(changedColumns(state, before)).toEqual([]);
  }
  expect(applyBlock(machine, next).code).toBe(0);
});

test('commands and observations that are no values at all get their codes; the block goes on', () => {
  const world = createWorld();
  const junk = [undefined, null, 7, 'x', {}, { actions: 3 }, { actions: [null] }, []];
  const outcome = applyBlock(world.machine, {
    height: world.height + 1,
    timeMs: world.timeMs + 1000,
    version: 1,
    observations: [...junk, ...observations({ ...world, timeMs: world.timeMs + 1000 })] as never,
    commands: junk as never,
  });
  expect(outcome.code).toBe(0);
  expect(outcome.results.map(({ code }) => code)).toEqual(junk.map(() => 100));
  expect(outcome.observationCodes).toEqual([...junk.map(() => 100), 0, 0, 0, 0, 0, 0]);
});
