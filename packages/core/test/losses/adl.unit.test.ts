import { describe, expect, test } from 'vitest';
import { type AdlInput, adlCap, autoDeleverage } from '../../src/losses/index.ts';

/** 100 lots and 9,001 of deficit against four winners; the second is short of equity. */
const fourWinners: AdlInput = {
  residualSize: 100,
  deficit: 9_001n,
  sizes: [50, 30, 60, 10],
  gains: [12_000n, 3_000n, 15_000n, 20_000n],
  equities: [40_000n, 1_500n, 90_000n, 50_000n],
  goesFirst: [1, 1, 1, 1],
};

describe('auto-deleveraging', () => {
  test('takes lots by gain under caps and charges exactly the deficit', () => {
    expect(autoDeleverage(fourWinners)).toEqual({
      closed: [36, 9, 45, 10],
      closedAtMark: [0, 0, 0, 0],
      charges: [3_240n, 810n, 4_050n, 901n],
      unpaid: 0n,
    });
  });

  test('spares a hedge until the others have given what they can', () => {
    const { closed, charges, unpaid } = autoDeleverage({ ...fourWinners, goesFirst: [1, 1, 0, 1] });
    expect(closed).toEqual([50, 16, 24, 10]);
    expect(charges).toEqual([4_500n, 1_440n, 2_160n, 901n]);
    expect(unpaid).toBe(0n);
  });

  test('does not touch a hedge while the others suffice', () => {
    const { closed } = autoDeleverage({
      ...fourWinners,
      residualSize: 70,
      goesFirst: [1, 1, 0, 1],
    });
    expect(closed[2]).toBe(0);
    expect(closed.reduce((all, lots) => all + lots, 0)).toBe(70);
  });

  test('caps a winner by the charge that its gain and its equity can pay', () => {
    const holder = { size: 30, gain: 3_000n, equity: 1_500n, residualSize: 100, deficit: 9_001n };
    expect(adlCap(holder)).toBe(16n);
    expect(adlCap({ ...holder, equity: 90_000n })).toBe(30n);
    expect(adlCap({ ...holder, equity: 1n })).toBe(0n);
    expect(adlCap({ ...holder, equity: -5n })).toBe(0n);
    expect(adlCap({ ...holder, gain: 0n, deficit: 0n })).toBe(0n);
    expect(adlCap({ ...holder, equity: -5n, deficit: 0n })).toBe(30n);
  });

  test('closes what winners cannot pay for at mark, by size, and leaves its deficit unpaid', () => {
    const result = autoDeleverage({
      ...fourWinners,
      gains: [12_000n, 0n, 0n, 0n],
      sizes: [30, 30, 60, 10],
    });
    // Winner 1 gives its 30 lots; 70 go to the 100 lots of the others.
    expect(result).toEqual({
      closed: [30, 0, 0, 0],
      closedAtMark: [0, 21, 42, 7],
      charges: [2_700n, 0n, 0n, 0n],
      unpaid: 6_301n,
    });
  });

  test('a winner may give more lots at mark than it could pay a charge for', () => {
    const result = autoDeleverage({
      residualSize: 10,
      deficit: 1_000n,
      sizes: [10],
      gains: [301n],
      equities: [9_000n],
      goesFirst: [1],
    });
    expect(result).toEqual({ closed: [3], closedAtMark: [7], charges: [300n], unpaid: 700n });
  });

  test('without a deficit winners still go first and nobody pays', () => {
    const { closed, closedAtMark, charges } = autoDeleverage({
      ...fourWinners,
      deficit: 0n,
      gains: [1n, 0n, 1n, 0n],
    });
    expect(closed).toEqual([50, 0, 50, 0]);
    expect(closedAtMark).toEqual([0, 0, 0, 0]);
    expect(charges).toEqual([0n, 0n, 0n, 0n]);
  });

  test('without any winner all is closed at mark', () => {
    const { closedAtMark, unpaid } = autoDeleverage({
      ...fourWinners,
      residualSize: 15,
      gains: [0n, 0n, 0n, 0n],
    });
    expect(closedAtMark).toEqual([5, 3, 6, 1]);
    expect(unpaid).toBe(9_001n);
  });

  test('more lots than the other side holds are an error of ours', () => {
    expect(() => autoDeleverage({ ...fourWinners, residualSize: 151 })).toThrow('the other side');
    expect(() => autoDeleverage({ ...fourWinners, residualSize: 0 })).toThrow('lots to close');
    expect(() => autoDeleverage({ ...fourWinners, deficit: -1n })).toThrow('lots to close');
  });
});
