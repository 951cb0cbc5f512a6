import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runAction } from '../../src/machine/dispatch.ts';
import type { Machine } from '../../src/machine/index.ts';
import { measure, RISK_LENGTH, touchedAccounts } from '../../src/risk/index.ts';
import { type Action, AUTHORITY_ROLE } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { ACCOUNTS, acceptedExamples, commandKinds, createWorld } from '../fixtures/world.ts';
import { commandGenerators, idHooks } from '../generators.ts';

/** All figures of margin of every account, bit for bit. */
function figuresOf(state: State): Map<number, string> {
  const figures = new Map<number, string>();
  const out = new Float64Array(RISK_LENGTH);
  for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
    measure(state, account, out);
    figures.set(account, Buffer.from(out.buffer.slice(0)).toString('hex'));
  }
  return figures;
}

/** Runs an action and compares every account that it did not touch. Returns its code. */
function codeWithUntouchedEqual(machine: Machine, account: number, action: Action): number {
  const { state } = machine;
  state.log.clear();
  const before = figuresOf(state);
  const point = savepoint(state);
  const role = account === 0 ? AUTHORITY_ROLE.admin : 0;
  const code = runAction(machine, action, { account, isOwner: account !== 0, role });
  const touched = new Set<number>();
  touchedAccounts(state, point.entries, (each) => touched.add(each));
  for (const [each, figures] of figuresOf(state)) {
    if (!touched.has(each)) expect(figures, `account ${each}`).toBe(before.get(each) ?? figures);
  }
  rollbackTo(state, point);
  return code;
}

describe('a command leaves the margin of every account it does not touch bit-identical (I4)', () => {
  test.each(commandKinds)('%s', (kind) => {
    const world = createWorld();
    const sent = acceptedExamples[kind](world);
    expect(codeWithUntouchedEqual(world.machine, sent.account, sent.action)).toBe(0);
  });

  test('for random actions of every kind by every account', () => {
    const world = createWorld();
    const hooks = idHooks({ accounts: 7, assets: 2, underlyings: 2, instruments: 2 });
    const generators = Object.values(commandGenerators(hooks));
    const codes = new Map<number, number>();
    fc.assert(
      fc.property(
        fc.oneof(...(generators as fc.Arbitrary<Action>[])),
        fc.constantFrom(...Object.values(ACCOUNTS)),
        (action, account) => {
          const code = codeWithUntouchedEqual(world.machine, account, action);
          codes.set(code, (codes.get(code) ?? 0) + 1);
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
    expect(codes.get(0) ?? 0).toBeGreaterThan(10);
    expect(codes.has(199)).toBe(false);
  });
});
