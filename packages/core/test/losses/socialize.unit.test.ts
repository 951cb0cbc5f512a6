import { describe, expect, test } from 'vitest';
import { socializeLoss } from '../../src/losses/index.ts';

describe('a socialized loss', () => {
  const three = {
    gains: [700n, 333n, 1n],
    equities: [9_000n, 9_000n, 9_000n],
    notionals: [10_000n, 20_000n, 5_000n],
    initialMargins: [500n, 1_000n, 250n],
  };

  test('is cut from gains in proportion to them', () => {
    expect(socializeLoss({ ...three, loss: 1_000n })).toEqual({
      fromGains: [676n, 323n, 1n],
      fromPrincipal: [0n, 0n, 0n],
      badDebt: 0n,
    });
  });

  test('takes principal by notional only when all gains are gone', () => {
    expect(socializeLoss({ ...three, loss: 1_034n + 350n })).toEqual({
      fromGains: [700n, 333n, 1n],
      fromPrincipal: [100n, 200n, 50n],
      badDebt: 0n,
    });
  });

  test('takes no more principal than the initial margin of the position, the rest is bad debt', () => {
    expect(socializeLoss({ ...three, loss: 10_000n })).toEqual({
      fromGains: [700n, 333n, 1n],
      fromPrincipal: [500n, 1_000n, 250n],
      badDebt: 10_000n - 1_034n - 1_750n,
    });
  });

  test('takes no more than equity, gains and principal together', () => {
    expect(socializeLoss({ ...three, equities: [800n, 300n, -7n], loss: 10_000n })).toEqual({
      fromGains: [700n, 300n, 0n],
      fromPrincipal: [100n, 0n, 0n],
      badDebt: 8_900n,
    });
  });

  test('in a market without accounts is bad debt', () => {
    const none = { gains: [], equities: [], notionals: [], initialMargins: [] };
    expect(socializeLoss({ ...none, loss: 5n })).toEqual({
      fromGains: [],
      fromPrincipal: [],
      badDebt: 5n,
    });
  });

  test('of nothing takes nothing', () => {
    const { fromGains, fromPrincipal, badDebt } = socializeLoss({ ...three, loss: 0n });
    expect([...fromGains, ...fromPrincipal, badDebt].every((part) => part === 0n)).toBe(true);
  });
});
