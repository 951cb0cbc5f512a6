import { nodeProblem, type Receipt } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import { Answers, receiptJson } from '../../src/ws/answers.ts';

const receipt: Receipt = {
  digest: '0xab',
  signer: '0xcd',
  height: 7,
  index: 3,
  timeMs: 1_700_000_000_000,
  isAccepted: true,
  actions: [null, null],
};
const problem = nodeProblem('unknown', 'There is "no" such thing.');

test.each<[string, Receipt]>([
  ['accepted', receipt],
  ['with 40 actions', { ...receipt, actions: Array(40).fill(null) }],
  [
    'with events',
    { ...receipt, events: [{ kind: 'liquidationEnded', account: 1, outcome: 'restored' }] },
  ],
  ['with a refused action', { ...receipt, isAccepted: false, actions: [null, problem] }],
  ['with a refused envelope', { ...receipt, isAccepted: false, actions: [], refusal: problem }],
])('a receipt %s is written as JSON.stringify means it', (_, each) => {
  expect(JSON.parse(receiptJson(each))).toEqual(JSON.parse(JSON.stringify(each)));
});

test('what is answered in one turn goes out as one message, and a long one in parts', async () => {
  const sent: string[] = [];
  const answers = new Answers({ send: (text) => sent.push(text), textMax: 500 });
  for (let at = 0; at < 4; at++) answers.receipt({ id: 1, at }, receipt);
  answers.problem({ id: 2, at: 0 }, problem);
  const early = sent.length;
  expect(early).toBeGreaterThan(0);
  await new Promise((resolve) => setImmediate(resolve));
  const results = sent.flatMap((text) => JSON.parse(text).results as { id: number; at: number }[]);
  expect(sent).toHaveLength(early + 1);
  expect(results.map(({ id, at }) => [id, at])).toEqual([
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 0],
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveLength(early + 1);
});
