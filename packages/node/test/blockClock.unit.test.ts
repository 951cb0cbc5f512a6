import { expect, test } from 'vitest';
import { BlockClock } from '../src/blockClock.ts';

/** A wall clock that can be set, and a steady one that cannot. */
function clocks(startMs: number) {
  let wallMs = startMs;
  let steadyMs = 5;
  return {
    source: { wallMs: () => wallMs, steadyMs: () => steadyMs },
    pass: (ms: number) => {
      wallMs += ms;
      steadyMs += ms;
    },
    jump: (ms: number) => {
      wallMs += ms;
    },
  };
}

test('block time follows the wall clock', () => {
  const { source, pass } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  expect(clock.now()).toBe(1_000_000);
  pass(250);
  expect(clock.now()).toBe(1_000_250);
});

test('block time stands while the wall clock is behind the last block', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  clock.now();
  jump(-3_600_000);
  expect(clock.now()).toBe(1_000_000);
  pass(1_000);
  expect(clock.now()).toBe(1_000_000);
  pass(3_600_000);
  expect(clock.now()).toBe(1_001_000);
});

test('a clock that is wrong now does not stop time: publishers and the steady clock carry it', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  clock.now();
  jump(-3_600_000);
  pass(2_000);
  clock.confirm(1_001_900);
  expect(clock.now()).toBe(1_001_900);
  clock.confirm(1_010_000);
  expect(clock.now()).toBe(1_002_000);
  expect(clock.isDoubted).toBe(true);
  jump(3_600_000);
  expect(clock.now()).toBe(1_002_000);
  expect(clock.isDoubted).toBe(false);
});

test('a clock that was wrong before stands until true time has caught up', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  clock.now();
  jump(-30_000);
  pass(10_000);
  clock.confirm(980_000);
  expect(clock.now()).toBe(1_000_000);
  pass(25_000);
  expect(clock.now()).toBe(1_005_000);
});

test('a node whose last block lies ahead of its clock starts at the time of that block', () => {
  const { source } = clocks(1_000_000);
  expect(new BlockClock(2_000_000, source).now()).toBe(2_000_000);
});

test('a small leap ahead is followed at once', () => {
  const { source, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  jump(59_000);
  expect(clock.now()).toBe(1_059_000);
  expect(clock.isDoubted).toBe(false);
});

test('a leap into the future is not believed until a publisher says such a time', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  clock.now();
  jump(86_400_000);
  expect(clock.isDoubted).toBe(true);
  expect(clock.now()).toBe(1_000_000);
  pass(2_000);
  expect(clock.now()).toBe(1_002_000);
  clock.confirm(1_002_500);
  expect(clock.now()).toBe(1_002_000);
  clock.confirm(87_402_000);
  expect(clock.now()).toBe(87_402_000);
  expect(clock.isDoubted).toBe(false);
});

test('a publisher that says a time of no clock here is no evidence, and outdoes nobody', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  clock.now();
  clock.confirm(4_000_000_000_000);
  jump(86_400_000);
  pass(2_000);
  expect(clock.now()).toBe(1_002_000);
  clock.confirm(87_402_000);
  expect(clock.now()).toBe(87_402_000);
});

test('a leap ahead that is taken back leaves no trace', () => {
  const { source, pass, jump } = clocks(1_000_000);
  const clock = new BlockClock(0, source);
  jump(86_400_000);
  clock.now();
  jump(-86_400_000);
  pass(500);
  expect(clock.now()).toBe(1_000_500);
});
