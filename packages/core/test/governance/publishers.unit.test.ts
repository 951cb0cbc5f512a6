import { describe, expect, test } from 'vitest';
import {
  applyProposals,
  listInstrument,
  listUnderlying,
  setPublisher,
} from '../../src/governance/index.ts';
import { applyObservations } from '../../src/oracle/index.ts';
import { globalParameters, MARKET_STATE, rejections } from '../../src/schema/index.ts';
import { globalParameter, readAddress, type State, timeMs } from '../../src/state/index.ts';
import { address, advance, freshState } from '../fixtures/state.ts';

const admin = { account: 0, isOwner: false, role: 1 };

function underlyingState(): State {
  const state = freshState();
  listUnderlying(state, { kind: 'listUnderlying', name: 'BTC', parameters: [] }, admin);
  return state;
}

function set(state: State, source: number, weight: number, publisher = address(source)): number {
  const parts = { underlying: 1, source, publisher, weight };
  return setPublisher(state, { kind: 'setPublisher', ...parts }, admin);
}

const list = (state: State) => {
  const tiers = [{ lowerBound: 0, initialPpm: 25_000, maintenancePpm: 12_500 }];
  const listing = { name: 'BTC-PERP', underlying: 1, multiplier: 1, tickSize: 1, tiers } as const;
  return listInstrument(state, { kind: 'listInstrument', ...listing, parameters: [] }, admin);
};

describe('sources', () => {
  test('a set can be built up in any lawful order', () => {
    const state = underlyingState();
    const weights = [3, 2, 2, 1, 1];
    expect(weights.map((weight, source) => set(state, source, weight))).toEqual([0, 0, 0, 0, 0]);
    expect(list(state)).toBe(0);
  });

  test('of three or more sources none may hold more than a third', () => {
    const state = underlyingState();
    for (const source of [0, 1, 2]) expect(set(state, source, 2)).toBe(0);
    const { code } = rejections.publisherWeight;
    expect(set(state, 0, 3)).toBe(code);
    expect(set(state, 3, 4)).toBe(code);
    expect(set(state, 3, 3)).toBe(0);
  });

  test('a key speaks for one slot of an underlying only', () => {
    const state = underlyingState();
    expect(set(state, 0, 1, address(9))).toBe(0);
    expect(set(state, 1, 1, address(9))).toBe(rejections.publisherWeight.code);
    expect(set(state, 0, 2, address(9))).toBe(0);
  });

  test('a new key of a live index neither sends nor weighs before its notice', () => {
    const state = underlyingState();
    for (const source of [0, 1, 2]) set(state, source, 1);
    state.underlyings.index.set(1, 1_000);
    const noticeMs = globalParameter(state, globalParameters.noticeMs);
    // A captured admin puts keys of its own into every slot at once.
    for (const source of [0, 1, 2]) expect(set(state, source, 1, address(90 + source))).toBe(0);
    const send = (source: number): number | undefined =>
      applyObservations(state, [
        {
          underlying: 1,
          source,
          publisher: address(90 + source),
          price: 5_000n,
          confidence: 1n,
          timeMs: timeMs(state),
        },
      ])[0];
    expect([0, 1, 2].map(send)).toEqual([301, 301, 301]);
    advance(state, noticeMs - 1);
    expect(send(0)).toBe(rejections.publisherUnknown.code);
    advance(state, 1);
    expect([0, 1, 2].map(send)).toEqual([0, 0, 0]);
  });

  test('a set of three does not fall below', () => {
    const state = underlyingState();
    for (const source of [0, 1, 2, 3]) set(state, source, 1);
    expect(set(state, 3, 0)).toBe(0);
    expect(set(state, 2, 0)).toBe(rejections.publisherWeight.code);
  });

  test('a weight that outgrew the others keeps a market from being listed or opened', () => {
    const state = underlyingState();
    expect(list(state)).toBe(0);
    for (const [source, weight] of [100, 1, 1].entries())
      expect(set(state, source, weight)).toBe(0);
    expect(list(state)).toBe(rejections.publisherWeight.code);
    advance(state, 86_400_000);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.proposed);
    expect(set(state, 0, 1)).toBe(0);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.open);
  });

  test('unknown underlyings and slots and weights beyond the limit are refused', () => {
    const state = underlyingState();
    const parts = { source: 0, publisher: address(1), weight: 1 };
    const code = setPublisher(state, { kind: 'setPublisher', underlying: 2, ...parts }, admin);
    expect(code).toBe(rejections.underlyingUnknown.code);
    expect(set(state, 16, 1)).toBe(rejections.sourcesFull.code);
    expect(set(state, 0, 1_000_001)).toBe(rejections.publisherWeight.code);
  });

  test('a new key starts without an observation; a new weight keeps it', () => {
    const state = underlyingState();
    set(state, 0, 1);
    state.sources.price.set(16, 500);
    set(state, 0, 2);
    expect(state.sources.price.get(16)).toBe(500);
    set(state, 0, 2, address(99));
    expect(state.sources.price.get(16)).toBe(0);
    expect(readAddress(state.sources.publisher, 16)).toBe(address(99));
    set(state, 0, 0);
    expect(readAddress(state.sources.publisher, 16)).toBe(address(0));
  });
});
