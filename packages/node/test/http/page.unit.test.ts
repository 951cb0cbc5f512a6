import { expect, test } from 'vitest';
import { pageFormat } from '../../src/http/page/pageFormat.ts';
import { pageScript } from '../../src/http/page/pageScript.ts';
import { pageText } from '../../src/http/page/pageText.ts';

interface Format {
  grouped(text: string | null, decimals?: number): string;
  short(value: number): string;
  exact(amount: { amount: string; asset: string } | null): string;
  percent(value: number | null, digits: number): string;
  rate(value: number | null): string;
  ago(ms: number): string;
  sentence(text: string): string;
}

const names = 'grouped, short, exact, percent, rate, ago, sentence';
const format = new Function(`${pageFormat}; return { ${names} };`)() as Format;

test('the script of the page is one that a browser can read', () => {
  expect(() => new Function(`'use strict';\n${pageFormat}${pageScript}`)).not.toThrow();
});

test('before the first answer the page claims nothing: not that there is no market', () => {
  const page = pageText({ style: '', script: '' });
  const notes = [...page.matchAll(/<p class="empty" id="([a-zA-Z]+)"( hidden)?>/g)];
  expect(notes.map(([, id, hidden]) => `${id}${hidden}`)).toEqual(
    notes.map(([, id]) => `${id} hidden`),
  );
  expect(notes.length).toBe(3);
  for (const [, id] of notes) expect(pageScript).toContain(`$('${id}').hidden = `);
});

test('figures keep their digits: they are cut as text, never rounded through a double', () => {
  expect(format.grouped('123456789012345678.987654321', 2)).toBe('123,456,789,012,345,678.98');
  expect(format.grouped('-1234.5')).toBe('−1,234.5');
  expect(format.grouped('64210', 1)).toBe('64,210.0');
  expect(format.grouped('0')).toBe('0');
  expect(format.grouped(null)).toBe('–');
  expect(format.exact({ amount: '2504118.229940', asset: 'USDC' })).toBe('2,504,118.22 USDC');
  expect(format.exact({ amount: '0', asset: 'USDC' })).toBe('0 USDC');
  expect(format.exact(null)).toBe('–');
});

test('sizes that are only looked at are short, and shares have their sign', () => {
  expect(format.short(118_220_000)).toBe('118.22 M');
  expect(format.short(12_500)).toBe('12.5 k');
  expect(format.short(Number.NaN)).toBe('–');
  expect(format.percent(0.0374, 2)).toBe('+3.74 %');
  expect(format.percent(-0.0000031, 4)).toBe('−0.0003 %');
  expect(format.percent(-0.00000001, 4)).toBe('0.0000 %');
  expect(format.percent(null, 2)).toBe('–');
  expect(format.rate(8542.4)).toBe('8,542');
  expect(format.rate(0)).toBe('0');
  expect(format.sentence('poolDrawn: market 1')).toBe('Pool drawn: market 1');
  expect([format.ago(900), format.ago(60_000), format.ago(86_400_000)]).toEqual([
    'now',
    '60 s ago',
    '24 h ago',
  ]);
});
