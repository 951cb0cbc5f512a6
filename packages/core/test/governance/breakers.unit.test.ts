import { describe, expect, test } from 'vitest';
import { capacityNow } from '../../src/custody/index.ts';
import {
  applyProposals,
  cancelProposal,
  disputeIndex,
  haltMarket,
  limitOutflow,
  resumeMachine,
  setMarketState,
} from '../../src/governance/index.ts';
import { assetParameters, MARKET_STATE, rejections } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  addInstrument,
  addUnderlying,
  advance,
  freshState,
  setAssetParameter,
  startMs,
} from '../fixtures/state.ts';

const guardian = { account: 0, isOwner: false, role: 2 };
const dayMs = 86_400_000;

function marketState(): State {
  const state = freshState();
  addInstrument(state, addUnderlying(state));
  setAssetParameter(state, 1, assetParameters.outflowMin, 1_000);
  return state;
}

function toState(state: State, to: 'open' | 'reduceOnly', instrument = 1): number {
  return setMarketState(state, { kind: 'setMarketState', instrument, state: to }, guardian);
}

function halt(state: State, untilMs: number, instrument = 1): number {
  return haltMarket(state, { kind: 'haltMarket', instrument, untilMs }, guardian);
}

function limit(state: State, sharePpm: number, untilMs: number, asset = 1): number {
  return limitOutflow(state, { kind: 'limitOutflow', asset, sharePpm, untilMs }, guardian);
}

describe('states of a market', () => {
  test('reduce-only takes effect at once, opening again waits for the notice', () => {
    const state = marketState();
    expect(toState(state, 'reduceOnly')).toBe(0);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.reduceOnly);
    expect(toState(state, 'open')).toBe(0);
    expect(toState(state, 'open')).toBe(rejections.marketState.code);
    advance(state, dayMs);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.open);
  });

  test('a state that is not before another is refused, and so is an unknown market', () => {
    const state = marketState();
    const { code } = rejections.marketState;
    expect(toState(state, 'open')).toBe(code);
    toState(state, 'reduceOnly');
    expect(toState(state, 'reduceOnly')).toBe(code);
    expect(toState(state, 'open', 2)).toBe(rejections.instrumentUnknown.code);
  });

  test('a market with bad debt does not open again', () => {
    const state = marketState();
    toState(state, 'reduceOnly');
    toState(state, 'open');
    state.instruments.badDebt.set(1, 1n);
    advance(state, dayMs);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.reduceOnly);
    cancelProposal(state, { kind: 'cancelProposal', proposal: 1 }, guardian);
    expect(state.instruments.opensMs.get(1)).toBe(0);
    expect(toState(state, 'open')).toBe(rejections.marketState.code);
    state.instruments.badDebt.set(1, 0n);
    expect(toState(state, 'open')).toBe(0);
  });
});

describe('acts of the guardian', () => {
  test('a halt lasts at most 72 h and can be ended', () => {
    const state = marketState();
    const { code } = rejections.guardianLimit;
    expect(halt(state, startMs + 3 * dayMs)).toBe(0);
    expect(halt(state, startMs + 3 * dayMs + 1)).toBe(code);
    expect(halt(state, startMs)).toBe(code);
    expect(halt(state, 0)).toBe(0);
    expect(state.instruments.haltedUntilMs.get(1)).toBe(0);
    expect(halt(state, startMs + 1, 9)).toBe(rejections.instrumentUnknown.code);
  });

  test('an outflow limit goes no lower than a tenth, lasts 72 h and is only tightened', () => {
    const state = marketState();
    const { code } = rejections.guardianLimit;
    const untilMs = startMs + dayMs;
    expect(limit(state, 99_999, untilMs)).toBe(code);
    expect(limit(state, 1_000_001, untilMs)).toBe(code);
    expect(limit(state, 500_000, startMs + 3 * dayMs + 1)).toBe(code);
    expect(limit(state, 500_000, startMs)).toBe(code);
    expect(limit(state, 500_000, untilMs, 9)).toBe(rejections.assetUnknown.code);
    expect(limit(state, 500_000, untilMs)).toBe(0);
    expect(capacityNow(state, 1)).toBe(500n);
    expect(limit(state, 600_000, untilMs)).toBe(code);
    expect(limit(state, 500_000, untilMs - 1)).toBe(code);
    expect(limit(state, 100_000, untilMs)).toBe(0);
    expect(capacityNow(state, 1)).toBe(100n);
    advance(state, dayMs);
    expect(capacityNow(state, 1)).toBe(1_000n);
    expect(limit(state, 900_000, untilMs + 1)).toBe(0);
  });

  test('a dispute is not prolonged while it holds', () => {
    const state = marketState();
    const dispute = (underlying: number) =>
      disputeIndex(state, { kind: 'disputeIndex', underlying }, guardian);
    expect(dispute(1)).toBe(0);
    expect(state.underlyings.disputedMs.get(1)).toBe(startMs + 600_000);
    expect(dispute(1)).toBe(rejections.guardianLimit.code);
    expect(dispute(2)).toBe(rejections.underlyingUnknown.code);
  });

  test('close-only mode ends when the operator says so', () => {
    const state = marketState();
    const resume = () => resumeMachine(state, { kind: 'resumeMachine' }, guardian);
    state.machine.isCloseOnly.set(0, 1);
    expect([resume(), state.machine.isCloseOnly.get(0)]).toEqual([0, 0]);
    const { length } = state.events;
    expect([resume(), state.events.length]).toEqual([0, length]);
  });
});
