import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stepSlowPrice } from '../../src/oracle/index.ts';

const file = new URL('../vectors/perps/slowPrice.json', import.meta.url);
const { applies } = JSON.parse(readFileSync(file, 'utf8')) as {
  applies: {
    id: string;
    inputs: { start: number; price: number; updates: number; interval_s: number };
    expected: { delay_price_0: number };
  }[];
};

test.each(applies)('$id: the limited price after an hour is reproduced by parameters', (vector) => {
  const { start, price, updates, interval_s: seconds } = vector.inputs;
  const rule = { tauMs: 0, growthPpmPerHour: 60_000, index: price };
  // Their limit applies once an hour, to the hour's average; ours at each step, compounding.
  const atOnce = stepSlowPrice(start, { ...rule, dtMs: updates * seconds * 1000 });
  expect(atOnce).toBeCloseTo(vector.expected.delay_price_0, 12);
  let slow = start;
  for (let update = 0; update < updates; update++) {
    slow = stepSlowPrice(slow, { ...rule, dtMs: seconds * 1000 });
  }
  expect(Math.abs(slow - vector.expected.delay_price_0)).toBeLessThan(0.01);
});
