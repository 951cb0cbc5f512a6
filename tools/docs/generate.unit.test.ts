import { expect, test } from 'vitest';
import { rejectionsPage } from './rejectionsPage.ts';
import { withBlock } from './withBlock.ts';

const refusal = (code: number) => ({ code, sentence: `It is ${code}.`, remedy: 'Mend | it.' });

test('refusals stand in their area in the order of their codes', () => {
  const page = rejectionsPage(
    { late: refusal(502), early: refusal(101), next: refusal(501) },
    { late: { held: 'settlementUp', untilMs: 'timeMs' } },
  );
  const order = ['## 1xx', '`early`', '## 5xx', '`next`', '`late`'].map((text) =>
    page.indexOf(text),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(page).toContain('Mend \\| it.');
  expect(page).toContain('| held (settlement amount), untilMs (time) |');
  expect(page).not.toContain('## 2xx');
});

test('a code that is used twice is refused', () => {
  expect(() => rejectionsPage({ one: refusal(101), two: refusal(101) }, {})).toThrow(
    'one and two are both 101',
  );
});

test('a code outside every area is refused', () => {
  expect(() => rejectionsPage({ far: refusal(1000) }, {})).toThrow('far: 1000 stands in no area');
});

test('only what stands between the marks is replaced, and twice gives the same page', () => {
  const page = 'a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n';
  const block = { name: 'x', content: 'new\n' };
  const once = withBlock(page, block);
  expect(once).toBe('a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n');
  expect(withBlock(once, block)).toBe(once);
});

test('a page without the marks is refused', () => {
  expect(() => withBlock('a', { name: 'x', content: '' })).toThrow('no block');
});
