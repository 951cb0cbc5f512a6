import { expect, test } from 'vitest';
import { defaultBackoff, waitBefore } from '../../src/client/backoff.ts';
import { Clock } from '../../src/client/clock.ts';

test('nonces are the time in milliseconds, and rise even when it stands still', () => {
  const clock = new Clock(() => 1_000);
  expect([clock.nextNonce('a'), clock.nextNonce('a'), clock.nextNonce('b')]).toEqual([
    1_000, 1_001, 1_000,
  ]);
});

test('nonces rise when the clock of the client goes back', () => {
  let nowMs = 5_000;
  const clock = new Clock(() => nowMs);
  const first = clock.nextNonce('a');
  nowMs = 1_000;
  expect(clock.nextNonce('a')).toBe(first + 1);
});

test('a nonce that the machine has seen is never used again', () => {
  const clock = new Clock(() => 1_000);
  clock.noteNonce('a', 70_000);
  expect(clock.nextNonce('a')).toBe(70_001);
  clock.noteNonce('a', 3);
  expect(clock.nextNonce('a')).toBe(70_002);
});

test('a client whose clock is slow reckons with the time of the blocks', () => {
  const clock = new Clock(() => 1_000);
  clock.note(61_000);
  expect(clock.nowMs).toBe(61_000);
  clock.note(2_000);
  expect(clock.nowMs).toBe(61_000);
});

test('waits double up to a limit, and clients that failed together come back apart', () => {
  const { firstMs, limitMs } = defaultBackoff;
  expect(waitBefore(1, defaultBackoff, 1)).toBe(firstMs);
  expect(waitBefore(4, defaultBackoff, 1)).toBe(firstMs * 8);
  expect(waitBefore(4, defaultBackoff, 0)).toBe(firstMs * 4);
  expect(waitBefore(1_000, defaultBackoff, 1)).toBe(limitMs);
});
