import { describe, expect, test } from 'vitest';
import {
  applyProposals,
  cancelProposal,
  governanceErrors,
  listInstrument,
  listUnderlying,
  setParameter,
} from '../../src/governance/index.ts';
import {
  type ActionOf,
  assetParameters,
  globalParameters,
  instrumentParameters,
  rejections,
  underlyingParameters,
} from '../../src/schema/index.ts';
import { globalParameter, instrumentParameter, type State } from '../../src/state/index.ts';
import { advance, freshState, smallLimits, startMs } from '../fixtures/state.ts';

const admin = { account: 0, isOwner: false, role: 1 };
const dayMs = 86_400_000;

function set(state: State, parts: Partial<ActionOf<'setParameter'>>): number {
  const base = { kind: 'setParameter', scope: 'global', target: 0, parameter: 0 } as const;
  return setParameter(state, { ...base, value: 0n, ...parts }, admin);
}

function setGlobal(state: State, parameter: { id: number }, value: number): number {
  return set(state, { parameter: parameter.id, value: BigInt(value) });
}

function cancel(state: State, proposal: number): number {
  return cancelProposal(state, { kind: 'cancelProposal', proposal }, admin);
}

function marketState(): State {
  const state = freshState();
  listUnderlying(state, { kind: 'listUnderlying', name: 'BTC', parameters: [] }, admin);
  const tiers = [{ lowerBound: 0, initialPpm: 25_000, maintenancePpm: 12_500 }];
  const listing = { name: 'BTC-PERP', underlying: 1, multiplier: 1, tickSize: 1, tiers } as const;
  listInstrument(state, { kind: 'listInstrument', ...listing, parameters: [] }, admin);
  return state;
}

describe('direction and notice', () => {
  test('a change in the safe direction takes effect at once', () => {
    const state = freshState();
    expect(setGlobal(state, globalParameters.gainLockMs, 7_200_000)).toBe(0);
    expect(globalParameter(state, globalParameters.gainLockMs)).toBe(7_200_000);
    expect(setGlobal(state, globalParameters.quotaPerSecond, 100)).toBe(0);
    expect(globalParameter(state, globalParameters.quotaPerSecond)).toBe(100);
  });

  test('a riskier change, and one without a safe side, waits for the notice', () => {
    const state = freshState();
    expect(setGlobal(state, globalParameters.gainLockMs, 1_800_000)).toBe(0);
    expect(setGlobal(state, globalParameters.targetBufferPpm, 200_000)).toBe(0);
    const read = () => [
      globalParameter(state, globalParameters.gainLockMs),
      globalParameter(state, globalParameters.targetBufferPpm),
    ];
    advance(state, dayMs - 1);
    applyProposals(state);
    expect(read()).toEqual([3_600_000, 100_000]);
    advance(state, 1);
    applyProposals(state);
    expect(read()).toEqual([1_800_000, 200_000]);
    expect(state.pools.proposals.used).toBe(0);
  });

  test('of two changes of one parameter the later proposed holds', () => {
    const state = freshState();
    setGlobal(state, globalParameters.lossBudget, 300_000);
    setGlobal(state, globalParameters.lossBudget, 400_000);
    advance(state, dayMs);
    applyProposals(state);
    expect(globalParameter(state, globalParameters.lossBudget)).toBe(400_000);
  });

  test('a shorter notice waits for the present one', () => {
    const state = freshState();
    expect(setGlobal(state, globalParameters.noticeMs, dayMs / 2)).toBe(0);
    expect(globalParameter(state, globalParameters.noticeMs)).toBe(dayMs);
    expect(setGlobal(state, globalParameters.noticeMs, 2 * dayMs)).toBe(0);
    expect(globalParameter(state, globalParameters.noticeMs)).toBe(2 * dayMs);
  });

  test('a change that waits is at most a step of ten; a safer one may be any', () => {
    const state = freshState();
    const { code } = rejections.parameterStep;
    expect(setGlobal(state, globalParameters.lossBudget, 2_000_001)).toBe(code);
    expect(setGlobal(state, globalParameters.lossBudget, 19_999)).toBe(code);
    expect(setGlobal(state, globalParameters.lossBudget, 2_000_000)).toBe(0);
    expect(setGlobal(state, globalParameters.quotaPerSecond, 1)).toBe(0);
  });
});

test('what moves maintenance or closes the way out waits, in both directions', () => {
  const state = marketState();
  const opening = state.pools.proposals.used;
  const { rateFloorPpm } = underlyingParameters;
  const { outflowMin, outflowPpm } = assetParameters;
  // Volatility margin has this floor, and maintenance follows it within the hour.
  expect(
    set(state, { scope: 'underlying', target: 1, parameter: rateFloorPpm.id, value: 50_000n }),
  ).toBe(0);
  for (const { id, initial } of [outflowMin, outflowPpm]) {
    const change = { scope: 'asset', target: 1, parameter: id } as const;
    expect(set(state, { ...change, value: BigInt(initial / 2) })).toBe(0);
    expect(set(state, { ...change, value: 0n })).toBe(rejections.parameterStep.code);
  }
  expect(state.pools.proposals.used).toBe(opening + 3);
});

describe('refusals', () => {
  test('unknown scopes of targets and parameters are refused', () => {
    const state = marketState();
    const { code } = rejections.parameterUnknown;
    expect(set(state, { parameter: 47 })).toBe(code);
    expect(set(state, { parameter: 4_294_967_295 })).toBe(code);
    expect(set(state, { target: 1 })).toBe(code);
    expect(set(state, { scope: 'asset', target: 2 })).toBe(code);
    expect(set(state, { scope: 'underlying', target: 0 })).toBe(code);
    expect(set(state, { scope: 'instrument', target: 2 })).toBe(code);
  });

  test('values one outside the range are refused on both sides', () => {
    const state = freshState();
    const { code } = rejections.parameterRange;
    expect(setGlobal(state, globalParameters.targetBufferPpm, -1)).toBe(code);
    expect(setGlobal(state, globalParameters.targetBufferPpm, 1_000_001)).toBe(code);
    expect(set(state, { value: 2n ** 63n - 1n })).toBe(code);
  });

  test('a change that breaks a listing check is refused, safer or not', () => {
    const state = marketState();
    const change = { scope: 'instrument', target: 1, value: 20_000n } as const;
    const parameter = instrumentParameters.halfSpreadPpm.id;
    expect(set(state, { ...change, parameter })).toBe(rejections.listingInvalid.code);
    expect(state.figures?.check).toBe('1.1 mm > fees + spread');
    expect(instrumentParameter(state, 1, instrumentParameters.halfSpreadPpm)).toBe(200);
    const haircut = { scope: 'asset', target: 1, parameter: 1, value: 1n } as const;
    expect(set(state, haircut)).toBe(rejections.listingInvalid.code);
  });

  test('a full table of proposals refuses', () => {
    const state = freshState({ ...smallLimits, proposalsMax: 1 });
    expect(setGlobal(state, globalParameters.lossBudget, 300_000)).toBe(0);
    const next = setGlobal(state, globalParameters.lossBudget, 300_001);
    expect(next).toBe(rejections.proposalsFull.code);
  });
});

describe('pending changes', () => {
  test('a cancelled change never takes effect, and only a pending one can be cancelled', () => {
    const state = freshState();
    setGlobal(state, globalParameters.lossBudget, 300_000);
    expect([cancel(state, 0), cancel(state, 2)]).toEqual([
      rejections.proposalUnknown.code,
      rejections.proposalUnknown.code,
    ]);
    expect(cancel(state, 1)).toBe(0);
    expect(cancel(state, 1)).toBe(rejections.proposalUnknown.code);
    advance(state, dayMs);
    applyProposals(state);
    expect(globalParameter(state, globalParameters.lossBudget)).toBe(200_000);
  });

  test('a change that no longer fits when its notice is over is dropped', () => {
    const state = marketState();
    const fee = { scope: 'instrument', target: 1, value: 1_500n } as const;
    expect(set(state, { ...fee, parameter: instrumentParameters.takerFeePpm.id })).toBe(0);
    const spread = { ...fee, parameter: instrumentParameters.halfSpreadPpm.id };
    expect(set(state, { ...spread, value: 1_500n })).toBe(0);
    advance(state, dayMs);
    applyProposals(state);
    expect(instrumentParameter(state, 1, instrumentParameters.takerFeePpm)).toBe(500);
    expect(state.events.at(-1)).toEqual({ kind: 'proposalCancelled', proposal: 2 });
    expect(governanceErrors(state)).toEqual([]);
  });

  test('changes take effect wherever their rows lie', () => {
    const state = freshState();
    setGlobal(state, globalParameters.lossBudget, 300_000);
    setGlobal(state, globalParameters.liquidationBudget, 30_000);
    cancel(state, 1);
    setGlobal(state, globalParameters.liquidationBudget, 40_000);
    advance(state, dayMs);
    state.events.length = 0;
    applyProposals(state);
    const values = state.events.map((event) =>
      event.kind === 'parameterChanged' ? event.value : undefined,
    );
    expect(values).toEqual([30_000n, 40_000n]);
  });
});

test('the scan names a parameter out of range and a listing that fails', () => {
  const state = marketState();
  state.machine.parameters.set(globalParameters.targetBufferPpm.id, -1);
  state.assets.parameters.set(48 + assetParameters.haircutMaintenancePpm.id, 5);
  expect(governanceErrors(state)).toEqual([
    'global 0: targetBufferPpm is -1',
    'asset 1 fails: haircuts: initial >= maintenance',
  ]);
  expect(state.machine.timeMs.get(0)).toBe(startMs);
});
