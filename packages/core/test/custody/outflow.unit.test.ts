import { describe, expect, test } from 'vitest';
import {
  fullBucket,
  guardedCapacity,
  isSmallRequest,
  outflowCapacity,
  refill,
} from '../../src/custody/index.ts';
import { releaseOf } from '../fixtures/outflow.ts';

const dayMs = 86_400_000;

describe('the bucket', () => {
  test('fills by its capacity a day and carries what is not yet a unit', () => {
    const bucket = { level: 2_000_000n, lane: 0n, carry: 0, laneCarry: 0 };
    expect(refill(bucket, 10_000_000n, 1_234_567)).toEqual({
      level: 2_142_889n,
      lane: 28_577n,
      carry: 60_400_000,
      laneCarry: 4,
    });
  });

  test('a full one carries nothing and has a full lane', () => {
    const bucket = { level: 9_999_999n, lane: 7n, carry: dayMs - 1, laneCarry: 4 };
    expect(refill(bucket, 10_000_000n, 60_000)).toEqual(fullBucket(10_000_000n));
    expect(fullBucket(10_000_004n)).toEqual({
      level: 10_000_004n,
      lane: 2_000_000n,
      carry: 0,
      laneCarry: 0,
    });
  });

  test('a capacity that was lowered cuts the level and the lane', () => {
    const bucket = { level: 900n, lane: 200n, carry: 5, laneCarry: 1 };
    expect(refill(bucket, 500n, 0)).toEqual({ level: 500n, lane: 100n, carry: 0, laneCarry: 0 });
  });

  test('the lane never holds more than its fifth, nor more than the level', () => {
    const bucket = { level: 700n, lane: 200n, carry: 0, laneCarry: 0 };
    expect(refill(bucket, 1_000n, dayMs / 10)).toMatchObject({ level: 800n, lane: 200n });
  });

  test('block time that goes back is an error of ours', () => {
    expect(() => refill(fullBucket(5n), 5n, -1)).toThrow('block time does not go back');
  });
});

describe('the capacity', () => {
  test('is a part of the least custody of the last day, and never below its floor', () => {
    expect(outflowCapacity(1_000n, 1_000_003n, 100_000)).toBe(100_000n);
    expect(outflowCapacity(200_000n, 1_000_003n, 100_000)).toBe(200_000n);
  });

  test('a guardian may lower it, but not below a tenth, and cannot raise it', () => {
    expect(guardedCapacity(1_005n, 500n)).toBe(500n);
    expect(guardedCapacity(1_005n, 0n)).toBe(101n);
    expect(guardedCapacity(1_005n, 2_000n)).toBe(1_005n);
  });
});

describe('who is paid', () => {
  test('first come first, the last one in part', () => {
    const given = releaseOf({ level: 99n, lane: 0n, open: [70n, 50n, 10n], isSmall: [0, 0, 0] });
    expect(given).toEqual({ paid: [70n, 29n, 0n], level: 0n, lane: 0n });
  });

  test('small requests pass the large one through their lane, and only through it', () => {
    const given = releaseOf({ level: 100n, lane: 20n, open: [500n, 15n, 15n], isSmall: [0, 1, 1] });
    expect(given).toEqual({ paid: [80n, 15n, 5n], level: 0n, lane: 0n });
  });

  test('a small request has one slice out at a time: the rest of the bucket goes to the next', () => {
    const given = releaseOf({ level: 100n, lane: 20n, open: [30n, 40n], isSmall: [1, 0] });
    expect(given).toEqual({ paid: [20n, 40n], level: 40n, lane: 0n });
  });

  test('what nobody small asks for stays in the lane', () => {
    const given = releaseOf({ level: 100n, lane: 20n, open: [500n], isSmall: [0] });
    expect(given).toEqual({ paid: [80n], level: 20n, lane: 20n });
  });

  test('a request is small up to a thousandth, from an account older than a day', () => {
    expect(isSmallRequest(10n, 10_000n, dayMs + 1)).toBe(true);
    expect(isSmallRequest(11n, 10_000n, dayMs + 1)).toBe(false);
    expect(isSmallRequest(10n, 10_000n, dayMs)).toBe(false);
  });
});
