import { describe, expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 12: deposit and withdraw 10 M every day, so that the outflow bucket is empty for
// all others. The guards: deposits never refill, a fifth of each refill is a lane for small
// requests of accounts older than a day, and the rest is first come, first served.

const DAY_MS = 86_400_000;

interface Lived {
  /** Blocks of an hour until the small request was released in full. */
  readonly waited: number;
  readonly attackerOut: number;
  readonly days: number;
}

function live(options: { readonly isOld: boolean }): Lived {
  const market = new Market();
  const { world } = market;
  const { state } = world.machine;
  // C = 1 M a day: the floor of the fixture's settlement asset.
  market.open('attacker', 10_000_000);
  if (options.isOld) market.open('saver', 5_000);
  for (let hour = 0; hour < 25; hour++) market.at(10_000, 3_600_000);
  if (!options.isOld) market.open('saver', 5_000);
  const days = 3;
  let waited = -1;
  let hour = 0;
  world.witnesses.push((_block, { events }) => {
    for (const event of events) {
      if (event.kind !== 'withdrawalReleased') continue;
      const { withdrawal, account, remaining } = event;
      if (account === market.id('saver') && remaining === 0n && waited < 0) waited = hour - 5;
      // Slices are paid at once, so that the next may follow.
      const settle = { kind: 'settleWithdrawal', withdrawal, outcome: 'paid' } as const;
      world.send(world.signAs('custodian', [settle]));
    }
  });
  for (; hour < days * 24; hour++) {
    if (hour % 24 === 0) {
      market.top('attacker', 1, 10_000_000_000_000n);
      market.withdraw('attacker', 10_000_000);
    }
    if (hour === 5) market.withdraw('saver', 500);
    market.at(10_000, 3_600_000);
  }
  let out = 0;
  for (let row = 0; row < state.withdrawals.id.rows; row++) {
    if (state.withdrawals.account.get(row) !== market.id('attacker')) continue;
    out += Number(state.withdrawals.waiting.get(row)) / 1e6;
  }
  return { waited, attackerOut: days * 10_000_000 - out, days };
}

describe('attack 12, draining the outflow bucket', () => {
  test('a small request of an old account is paid within hours, from its lane', () => {
    const { waited, attackerOut, days } = live({ isOld: true });
    expect(waited).toBeGreaterThanOrEqual(0);
    expect(waited).toBeLessThanOrEqual(2);
    // The attacker gets no more than the bucket of its capacity (4 M: a fifth of 20 M) lets pass.
    expect(attackerOut).toBeLessThanOrEqual(6_000_000 * (1 + (days * DAY_MS) / DAY_MS));
  });

  test('without the lane, as a young account, the same request waits behind the attacker', () => {
    expect(live({ isOld: false }).waited).toBeGreaterThan(48);
  });
});
