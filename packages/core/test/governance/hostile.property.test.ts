import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approveAgent, revokeAgent, setOwnRate } from '../../src/accounts/index.ts';
import {
  custodyErrors,
  deposit,
  releaseWithdrawals,
  settleWithdrawal,
  withdraw,
} from '../../src/custody/index.ts';
import {
  applyProposals,
  cancelProposal,
  disputeIndex,
  governanceErrors,
  haltMarket,
  limitOutflow,
  listAsset,
  listInstrument,
  listUnderlying,
  resumeMachine,
  setMarketState,
  setParameter,
  setPublisher,
} from '../../src/governance/index.ts';
import {
  borrow,
  conservationErrors,
  fundPool,
  redeem,
  repay,
  supply,
  transfer,
} from '../../src/ledger/index.ts';
import { type CommandKind, commandSchema, type FieldType } from '../../src/schema/index.ts';
import { type Caller, rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { accountWith, addAsset, address, advance, freshState } from '../fixtures/state.ts';

type AnyHandler = (state: State, action: never, caller: Caller) => number;

const handlers: Partial<Record<CommandKind, AnyHandler>> = {
  deposit,
  withdraw,
  settleWithdrawal,
  transfer,
  supply,
  redeem,
  borrow,
  repay,
  approveAgent,
  revokeAgent,
  setOwnRate,
  fundPool,
  listAsset,
  listUnderlying,
  listInstrument,
  setPublisher,
  setParameter,
  cancelProposal,
  setMarketState,
  haltMarket,
  limitOutflow,
  disputeIndex,
  resumeMachine,
};

const I64_MAX = 2n ** 63n - 1n;
const small = fc.constantFrom(0, 1, 2, 3, 15, 16, 100, 10_000, 1_000_000);

/** Values of a field at its edges and small ones that name rows. */
function anyValue(type: FieldType): fc.Arbitrary<unknown> {
  if (typeof type === 'object' && 'enum' in type) return fc.constantFrom(...type.enum);
  if (typeof type === 'object') {
    return fc.array(recordOf(type.list), { maxLength: 4 });
  }
  switch (type) {
    case 'bool':
      return fc.boolean();
    case 'u8':
      return fc.oneof(fc.constantFrom(0, 1, 15, 16, 255), fc.integer({ min: 0, max: 20 }));
    case 'u32':
      return fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 1, arbitrary: small },
        { weight: 1, arbitrary: fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1) },
      );
    case 'u53':
      return fc.oneof(small, fc.constantFrom(Number.MAX_SAFE_INTEGER, 1_750_000_100_000));
    case 'amount':
      return fc.oneof(small.map(BigInt), fc.constantFrom(I64_MAX, 2n ** 53n, 2n ** 53n - 1n));
    case 'i64':
      return fc.oneof(small.map(BigInt), fc.constantFrom(I64_MAX, -I64_MAX - 1n, -1n));
    case 'address':
      return small.map((n) => address(n));
    case 'text':
      return fc.constantFrom('A', 'sixteen letters!', '~ ~');
    default:
      return fc.constant(0);
  }
}

function recordOf(fields: { readonly [field: string]: FieldType }): fc.Arbitrary<object> {
  return fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, anyValue(type)])),
  );
}

const actions = fc.oneof(
  ...(Object.keys(handlers) as CommandKind[]).map((kind) =>
    recordOf(commandSchema[kind].fields).map((fields) => ({ kind, ...fields })),
  ),
);

test('hostile values are refused, never thrown, and leave a sound state', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(actions, fc.integer({ min: 1, max: 2 })), { minLength: 60, maxLength: 80 }),
      (commands) => {
        const state = freshState();
        addAsset(state);
        accountWith(state, 1, { amount: 5_000_000n });
        accountWith(state, 2, { amount: 5_000_000n, asset: 2 });
        for (const [action, account] of commands) {
          const handler = handlers[action.kind] as AnyHandler;
          const point = savepoint(state);
          const code = handler(state, action as never, { account, isOwner: true, role: 1 });
          if (code !== 0) rollbackTo(state, point);
          const key = code === 0 ? action.kind : String(code);
          seen.set(key, (seen.get(key) ?? 0) + 1);
          advance(state, 1_000_000);
          applyProposals(state);
          releaseWithdrawals(state);
        }
        expect(conservationErrors(state)).toEqual([]);
        expect(custodyErrors(state)).toEqual([]);
        expect(governanceErrors(state)).toEqual([]);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
  for (const key of [
    'withdraw',
    'transfer',
    'listUnderlying',
    'setParameter',
    '201',
    '800',
    '901',
  ]) {
    expect(seen.get(key) ?? 0, key).toBeGreaterThan(0);
  }
});
