// A run can fail: everything that would be a breach is found by the functions that judge it.
import type { Hex } from '@plimsoll/api';
import { expect, test } from 'vitest';
import { cast } from './cast.ts';
import type { History, StoredCommand } from './history.ts';
import type { HonestReport } from './honestMessages.ts';
import {
  type AttackOutcome,
  attackFaults,
  historyFaults,
  honestFaults,
  memoryFaults,
  nodeFaults,
  victimFaults,
} from './judge.ts';
import { Lawful } from './lawful.ts';

const MIB = 1_048_576;
const digest = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const { address: alice } = cast.honestA;
const { address: mallory } = cast.mallory;
const { address: publisher } = cast.publisher;

function outcome(change: Partial<AttackOutcome> = {}): AttackOutcome {
  return {
    name: 'high s',
    expects: ['signatureInvalid (sHigh)'],
    allows: ['overloaded'],
    attempts: 10,
    answers: { 'signatureInvalid (sHigh)': 9, overloaded: 1 },
    isReady: true,
    heights: [5, 9],
    seconds: 1,
    memory: { before: 100 * MIB, peak: 120 * MIB, after: 110 * MIB },
    ...change,
  };
}

test('an attack that was met with what it has to be met with is no fault', () => {
  expect(attackFaults(outcome())).toEqual([]);
});

test.each<[string, Partial<AttackOutcome>, string]>([
  ['a receipt', { answers: { 'signatureInvalid (sHigh)': 9, receipt: 1 } }, '1 times with receipt'],
  ['another refusal', { answers: { nonceUsed: 10 } }, 'with nonceUsed'],
  ['never what it has to be', { answers: { overloaded: 10 } }, 'never answered with signature'],
  ['nothing at all', { answers: {} }, '10 of 10 without an end'],
  ['fewer answers', { answers: { 'signatureInvalid (sHigh)': 7 } }, '3 of 10 without an end'],
  ['no attempt', { attempts: 0, answers: { 'signatureInvalid (sHigh)': 1 } }, 'nothing was tried'],
  ['a broken attacker', { failure: 'Error: no stream' }, 'could not be carried out: Error: no st'],
  ['a node that is gone', { isReady: false }, 'not ready'],
])('an attack that was met with %s is a fault', (_, change, sentence) => {
  const faults = attackFaults(outcome(change));
  expect(faults.join('\n')).toContain(sentence);
  for (const fault of faults) expect(fault).toMatch(/^high s: /);
});

const stored = (n: number, change: Partial<StoredCommand> = {}): StoredCommand => ({
  digest: digest(n),
  signer: alice,
  height: 1,
  index: n,
  account: 1,
  kinds: 'cancelAll',
  isRefused: false,
  ...change,
});

function lawfulOf(...numbers: readonly number[]): Lawful {
  const lawful = new Lawful();
  for (const n of numbers) lawful.allow(digest(n), alice);
  lawful.allowPrices(digest(100), publisher);
  return lawful;
}

const price = { digest: digest(100), publisher, height: 2 };
const history = (...commands: readonly StoredCommand[]): History => ({
  blocks: 2,
  commands,
  prices: [price],
});

test('blocks with what was lawfully signed, each once, are no fault', () => {
  expect(historyFaults(history(stored(1), stored(2)), lawfulOf(1, 2, 3))).toEqual([]);
});

test('a command that nobody may send is found in its block, also when it was refused there', () => {
  const faults = historyFaults(
    history(stored(1), stored(7, { kinds: 'withdraw', account: 3, isRefused: true })),
    lawfulOf(1),
  );
  expect(faults).toEqual([
    `block 1, command 7: nobody may withdraw for account 3; said to be of ${alice}`,
  ]);
});

test('a lawful command under the name of another is found', () => {
  const faults = historyFaults(history(stored(1, { signer: mallory })), lawfulOf(1));
  expect(faults).toEqual([`block 1, command 1: of ${alice}, and said to be of ${mallory}`]);
});

test('a command that was executed twice is found', () => {
  const again = stored(1, { height: 9, index: 0 });
  const faults = historyFaults(history(stored(1), again), lawfulOf(1));
  expect(faults).toEqual([`block 9, command 0: ${digest(1)} was executed before`]);
});

test('a price that its publisher did not sign is found', () => {
  const forged = { digest: digest(101), publisher, height: 3 };
  const faults = historyFaults({ ...history(stored(1)), prices: [price, forged] }, lawfulOf(1));
  expect(faults).toEqual([`block 3: a price of ${publisher} that the publisher did not sign`]);
});

test('a history without a command shows nothing', () => {
  expect(historyFaults(history(), lawfulOf(1))).toEqual([
    'the blocks are empty: nothing was compared',
  ]);
});

function report(change: Partial<HonestReport> = {}): HonestReport {
  return {
    sent: 2,
    places: { [digest(1)]: '1.1', [digest(2)]: '1.2' },
    lost: {},
    idle: {},
    stallMs: 5,
    pricesSent: 3,
    pricesLost: {},
    phases: {},
    told: {},
    ...change,
  };
}

const both = history(stored(1), stored(2));

test('an honest client with an answer to everything, where it says, is no fault', () => {
  expect(honestFaults(report(), both)).toEqual([]);
});

test.each<[string, Partial<HonestReport>, string]>([
  ['a command is lost', { sent: 3, lost: { TimeoutError: 1 } }, 'lost 1: TimeoutError'],
  ['a command is never answered', { sent: 4 }, '2 commands of the honest client were never'],
  ['a price is lost', { pricesLost: { 'close 1006': 2 } }, 'lost 2: close 1006'],
  ['an acknowledged command is elsewhere', { places: { [digest(1)]: '1.2' }, sent: 1 }, 'at 1.2'],
  ['an acknowledged command is gone', { places: { [digest(9)]: '1.9' }, sent: 1 }, 'not there'],
  ['nothing was traded', { sent: 0, places: {} }, 'sent nothing'],
  ['nothing was published', { pricesSent: 0 }, 'the publisher sent nothing'],
])('it is a fault when %s', (_, change, sentence) => {
  expect(honestFaults(report(change), both).join('\n')).toContain(sentence);
});

const bounds = { privateBytes: 200 * MIB, heapBytes: 50 * MIB };
const start = { privateBytes: 100 * MIB, heapBytes: 40 * MIB };

test('memory within its bounds is no fault, above them it is, by attack and at the end', () => {
  const end = { heapBytes: 60 * MIB };
  expect(memoryFaults({ start, end, outcomes: [outcome()] }, bounds)).toEqual([]);
  const greedy = outcome({ memory: { before: 0, peak: 301 * MIB, after: 0 } });
  expect(memoryFaults({ start, end, outcomes: [outcome(), greedy] }, bounds)).toEqual([
    'high s: memory 201 MiB above the beginning, at most 200 MiB',
  ]);
  expect(memoryFaults({ start, end: { heapBytes: 91 * MIB }, outcomes: [] }, bounds)).toEqual([
    'the heap at the end 51 MiB above the beginning, at most 50 MiB',
  ]);
});

test('a node that does not say what memory it has cannot pass', () => {
  const silent = { privateBytes: Number.NaN, heapBytes: 0 };
  expect(memoryFaults({ start: silent, end: silent, outcomes: [] }, bounds)).toHaveLength(1);
});

test.each<[string, Partial<Parameters<typeof nodeFaults>[0]>, string]>([
  ['died', { exit: 134, stopCode: undefined }, 'died with 134'],
  ['ended by itself as if all were well', { exit: 0, stopCode: undefined }, 'died with 0'],
  ['does not stop', { stopCode: 137 }, 'stopped with 137'],
  ['complains', { complaints: ['request failed: x'] }, 'fault of its own: request failed: x'],
  ['has blocks that do not replay', { verifyCode: 1 }, 'verify --signatures ended with 1'],
])('a node that %s is a fault', (_, change, sentence) => {
  const end = { exit: undefined, stopCode: 0, complaints: [], verifyCode: 0 };
  expect(nodeFaults(end)).toEqual([]);
  expect(nodeFaults({ ...end, ...change }).join('\n')).toContain(sentence);
});

test('a letter of what the victim has is enough', () => {
  expect(victimFaults('{"amount":"10"}', '{"amount":"10"}')).toEqual([]);
  expect(victimFaults('{"amount":"10"}', '{"amount":"9"}')).toHaveLength(1);
});
