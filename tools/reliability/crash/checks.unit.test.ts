import type { Hex } from '@plimsoll/api';
import { type Problem, type Receipt, rejectionProblem } from '@plimsoll/api/wire';
import { rejections } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import {
  checkAcknowledged,
  checkDoubt,
  checkHeights,
  checkLookUp,
  checkOnce,
  checkPrices,
  checkRefused,
  nothingStored,
  type Stored,
  type StoredCommand,
} from './checks.ts';
import type { Doubt } from './messages.ts';

const digest = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const refusal = rejectionProblem(rejections.nonceUsed.code);

/** Four blocks of two commands, one of which has an action that was refused. */
function sound(): Stored {
  const stored = nothingStored();
  for (let height = 1; height <= 4; height++) {
    stored.heights.push(height);
    stored.prices.set(digest(100 + height), [height]);
    for (let index = 0; index < 2; index++) put(stored, { height, index });
  }
  return stored;
}

function put(stored: Stored, of: Partial<StoredCommand> & { readonly height: number }): void {
  const { height, index = 0 } = of;
  const name = digest(height * 10 + index);
  const deeds = [`deposit ${height * 10 + index} of 0`];
  const actions = index === 0 ? [0] : [0, refusal.code];
  const command = { digest: name, index, code: 0, actions, deeds, ...of };
  stored.commands.set(command.digest, [...(stored.commands.get(command.digest) ?? []), command]);
}

const receiptOf = (height: number, index: number, change: Partial<Receipt> = {}): Receipt => ({
  digest: digest(height * 10 + index),
  signer: '0x1',
  height,
  index,
  timeMs: 1,
  isAccepted: index === 0,
  actions: index === 0 ? [null] : [null, refusal],
  ...change,
});
const all = [1, 2, 3, 4].flatMap((height) => [receiptOf(height, 0), receiptOf(height, 1)]);

test('a store that has everything once passes', () => {
  const stored = sound();
  expect(checkAcknowledged(all, stored)).toEqual([]);
  expect(checkOnce(stored)).toEqual([]);
  expect(checkHeights(stored)).toEqual([]);
  const prices = {
    digest: digest(103),
    publisher: '0x1',
    height: 3,
    timeMs: 1,
    prices: [],
  } as const;
  expect(checkPrices([prices], stored)).toEqual([]);
  expect(checkRefused([{ digest: digest(7), name: 'overloaded' }], stored)).toEqual([]);
  expect(checkLookUp({ ...receiptOf(2, 1), events: [] }, receiptOf(2, 1))).toEqual([]);
});

test('an acknowledged command that is lost is found', () => {
  const stored = sound();
  stored.commands.delete(digest(30));
  expect(checkAcknowledged(all, stored)).toEqual([
    expect.stringMatching(/^lost: 0x0+1e, acknowledged in block 3, command 0, is in no block$/),
  ]);
  stored.prices.delete(digest(103));
  const prices = {
    digest: digest(103),
    publisher: '0x1',
    height: 3,
    timeMs: 1,
    prices: [],
  } as const;
  expect(checkPrices([prices], stored)).toEqual([
    expect.stringMatching(/^lost: prices .* no block$/),
  ]);
  expect(checkLookUp(receiptOf(3, 0), null)).toEqual([expect.stringMatching(/^forgotten: /)]);
});

test('an acknowledged command at another place or with another result is found', () => {
  const cases: readonly [Receipt, RegExp][] = [
    [receiptOf(2, 0, { height: 3 }), /^moved: .* is in block 2, command 0$/],
    [receiptOf(2, 0, { index: 1 }), /^moved: /],
    [receiptOf(2, 0, { actions: [refusal] }), /^changed: .* answered with 0,\d+, .* has 0,0$/],
    [receiptOf(2, 1, { actions: [null, null] }), /^changed: /],
    [receiptOf(2, 0, { refusal, actions: [] }), /^changed: /],
  ];
  for (const [receipt, violation] of cases) {
    expect(checkAcknowledged([receipt], sound())).toEqual([expect.stringMatching(violation)]);
  }
  const other: Problem = { ...refusal, figures: { next: 2 } };
  const told = receiptOf(2, 1, { actions: [null, other] });
  expect(checkLookUp(told, receiptOf(2, 1))).toEqual([expect.stringMatching(/^told otherwise: /)]);
});

test('a command that is executed twice is found, by its digest and by what it did', () => {
  const stored = sound();
  put(stored, { height: 4, index: 2, digest: digest(20), deeds: [] });
  expect(checkOnce(stored)).toEqual([
    expect.stringMatching(/^twice: 0x0+14 was executed in block 2, command 0 and block 4, /),
  ]);
  const signedAnew = sound();
  put(signedAnew, { height: 4, index: 2, deeds: ['deposit 20 of 0'] });
  expect(checkOnce(signedAnew)).toEqual([
    'twice: deposit 20 of 0, in block 2, command 0 and block 4, command 2',
  ]);
  // Refused for its nonce the second time, it did nothing.
  const refused = sound();
  put(refused, { height: 4, index: 2, digest: digest(20), code: refusal.code, deeds: [] });
  expect(checkOnce(refused)).toEqual([]);
});

test('a height that is missing or twice there is found', () => {
  const stored = sound();
  stored.heights.splice(1, 1);
  expect(checkHeights(stored)).toEqual(['gap: after 1 blocks comes block 3']);
  expect(checkHeights({ ...stored, heights: [1, 2, 2] })).toHaveLength(1);
});

test('a command that was refused at the door and is in a block is found', () => {
  expect(checkRefused([{ digest: digest(20), name: 'overloaded' }], sound())).toEqual([
    expect.stringMatching(/^refused and executed: .* overloaded, is in block 2, command 0$/),
  ]);
});

test('what becomes of a command without an answer is one of four things', () => {
  const stored = sound();
  const kept = receiptOf(2, 0);
  const new_ = receiptOf(9, 0);
  const no = { digest: digest(90), name: 'commandExpired' };
  const cases: readonly [Doubt, string][] = [
    [{ digest: digest(20), before: kept, answers: [kept, kept], after: kept }, 'stored'],
    [{ digest: digest(90), before: null, answers: [new_, new_], after: new_ }, 'executed again'],
    [{ digest: digest(90), before: null, answers: [no], after: null }, 'refused again'],
    [{ digest: digest(90), before: null, answers: [], after: null }, 'let be'],
  ];
  for (const [doubt, fate] of cases) {
    expect(checkDoubt(doubt, stored)).toEqual({ fate, violations: [] });
  }
});

test('a command without an answer that is told of wrongly, lost or doubled is found', () => {
  const stored = sound();
  const kept = receiptOf(2, 0);
  const again = receiptOf(9, 0, { digest: digest(20) });
  const new_ = receiptOf(9, 0);
  const no = { digest: digest(20), name: 'nonceUsed' };
  const cases: readonly [Doubt, RegExp][] = [
    [{ digest: digest(20), before: kept, answers: [again], after: kept }, /^twice: .* executed in/],
    [{ digest: digest(20), before: kept, answers: [no], after: kept }, /^unanswered: .* nonceUsed/],
    [{ digest: digest(20), before: kept, answers: [kept], after: null }, /^told otherwise: /],
    [
      { digest: digest(20), before: null, answers: [], after: null },
      /^told otherwise: .* no block/,
    ],
    [{ digest: digest(90), before: new_, answers: [], after: new_ }, /^told otherwise: .* block 9/],
    [
      { digest: digest(90), before: null, answers: [new_], after: null },
      /^told otherwise: .* later/,
    ],
    [
      { digest: digest(90), before: null, answers: [new_, receiptOf(9, 1)], after: new_ },
      /^twice: .* sent again was answered with block 9, command 0 and block 9, command 1/,
    ],
  ];
  for (const [doubt, violation] of cases) {
    const found = checkDoubt(doubt, stored);
    expect(found.fate).toBe('contradiction');
    expect(found.violations[0]).toMatch(violation);
  }
  put(stored, { height: 4, index: 2, digest: digest(20), deeds: [] });
  const doubled = { digest: digest(20), before: kept, answers: [], after: kept };
  expect(checkDoubt(doubled, stored).violations[0]).toMatch(/^twice: .* without an answer, is in/);
});
