import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { niceSteps, timeTicks } from '../../src/reporting/axis.ts';
import {
  compactText,
  countText,
  csvLine,
  decimalText,
  durationText,
  EventFiles,
  eventJson,
  isContent,
  moneyText,
  resultHtml,
  resultJson,
  resultText,
} from '../../src/reporting/index.ts';
import { crashResult } from '../fixtures/crashResult.ts';

const result = crashResult(3000);
const plain = resultText(result, { isColored: false });
const page = resultHtml(result);

describe('figures for people', () => {
  test('counts, money, decimals and durations', () => {
    expect(countText(1_234_567)).toBe('1,234,567');
    expect(moneyText(-1_234_567_899_999n, 6)).toBe('-1,234,567.89');
    expect(moneyText(0n, 6)).toBe('0.00');
    expect(moneyText(1n, 6)).toBe('0.000001');
    expect(moneyText(5n, 0)).toBe('5.00');
    expect([1234.56, 0.01234, -2.5, 100].map(decimalText)).toEqual([
      '1,234.6',
      '0.01234',
      '-2.5',
      '100',
    ]);
    expect([12_500, 3e6, 0.25, 9000, 2.5e9].map(compactText)).toEqual([
      '12.5k',
      '3M',
      '0.25',
      '9,000',
      '2.5B',
    ]);
    expect([3.217, 1400, 600_000, 10_800_000, 604_800_000].map(durationText)).toEqual([
      '3.22 ms',
      '1.4 s',
      '10 min',
      '3 h',
      '7 days',
    ]);
  });

  test('ticks of axes are round', () => {
    expect(niceSteps(0, 9.5, 4)).toEqual([0, 2.5, 5, 7.5]);
    expect(niceSteps(6500, 9600, 4)).toEqual([7000, 8000, 9000]);
    expect(niceSteps(5, 5, 4)).toEqual([5]);
    const start = Date.parse('2020-03-12T22:10:00Z');
    expect(timeTicks(start, start + 4 * 3_600_000, 6).map((tick) => tick.label)).toEqual([
      '23:00',
      '13 Mar',
      '01:00',
      '02:00',
    ]);
  });
});

describe('the table', () => {
  test('fits 100 columns and has no color unless asked', () => {
    for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(plain).not.toContain('\u001b');
    expect(resultText(result, { isColored: true })).toContain('\u001b[31mFAILS: 980118.9\u001b[0m');
  });

  test('colors do not change what is written', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
    const bare = resultText(result, { isColored: true }).replace(/\u001b\[\d+m/g, '');
    expect(bare).toBe(plain);
  });

  test('says who was liquidated how, who paid, the roots and what holds', () => {
    for (const text of [
      'closed out on the book            1,841  4,420   91,234,567.89',
      'paid by nobody yet (bad debt)',
      'commands refused with 501',
      result.roots.final,
      'paid of adl <= 250000.5',
      'actions with the expected outcome           2 of 2',
    ]) {
      expect(plain).toContain(text);
    }
    expect(isContent(result)).toBe(false);
    expect(isContent({ ...result, assertions: [] })).toBe(true);
  });

  test('a narrow terminal wraps texts and keeps figures', () => {
    const narrow = resultText(result, { isColored: false, width: 60 });
    expect(narrow).toContain('91,234,567.89');
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(90);
  });

  test('a skipped run says so with the reason, and nothing else', () => {
    const skipped = {
      ...result,
      status: 'skipped',
      skipped: ['data file x.csv is missing'],
    } as const;
    const text = resultText(skipped, { isColored: false });
    expect(text).toContain('SKIPPED: data file x.csv is missing');
    expect(text).not.toContain('Liquidation');
    expect(resultHtml(skipped)).toContain('>skipped<');
  });
});

describe('the page', () => {
  test('is one file that asks the network for nothing', () => {
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
    expect(page.length).toBeLessThan(500_000);
  });

  test('has every chart and every table', () => {
    for (const id of ['prices-0', 'prices-1', 'health', 'liquidated', 'pools', 'blocks']) {
      expect(page).toContain(`<figure id="${id}">`);
    }
    for (const title of ['Liquidation', 'Who paid', 'Trading', 'Blocks and roots', 'Checks']) {
      expect(page).toContain(`<th>${title}</th>`);
    }
    expect(page).toContain('some checks fail');
    expect(page).toContain('prefers-color-scheme:dark');
  });

  test('draws numbers only', () => {
    const figures = page.slice(page.indexOf('<figure'), page.lastIndexOf('</figure>'));
    expect(figures).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test('shows names as text, whatever they are', () => {
    const name = '<script>alert("x")</script>';
    const hostile = resultHtml({
      ...result,
      name,
      series: { ...result.series, pools: [{ ...result.series.pools[0]!, name: '</script>' }] },
    });
    expect(hostile).not.toContain('<script>alert');
    expect(hostile).toContain('&lt;script&gt;alert(&quot;x&quot;)');
    expect(hostile.match(/<\/script>/g)).toHaveLength(2);
  });

  test('a run without blocks or events has a page too', () => {
    const still = crashResult(0);
    expect(resultHtml(still)).toContain('<th>Who paid</th>');
    const calm = { ...result.series, pools: [], prices: [] };
    const quiet = resultHtml({ ...result, series: calm });
    expect(quiet).not.toContain('NaN');
  });
});

test('as JSON a result keeps money to the last unit', () => {
  const read = JSON.parse(resultJson(result));
  expect(read.losses.shortfall).toBe('3402118900001');
  expect(read.liquidation.accountCount).toBe(1873);
});

describe('events', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-events-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('integers of money are decimal texts, bytes are hexadecimal', () => {
    const event = {
      height: 1,
      timeMs: 2,
      kind: 'fill',
      amount: 9_007_199_254_740_993n,
      key: new Uint8Array([1, 255]),
    };
    expect(eventJson(event)).toBe(
      '{"height":1,"timeMs":2,"kind":"fill","amount":"9007199254740993","key":"01ff"}',
    );
  });

  test('cells with commas, quotes or breaks are quoted', () => {
    expect(csvLine(['a,b', 'say "x"', 'l\nm', null, undefined, 5n, true, [1]])).toBe(
      '"a,b","say ""x""","l\nm",,,5,true,[1]',
    );
  });

  test('go to NDJSON line by line and to CSV with all columns that occurred', () => {
    const files = new EventFiles(join(folder, 'deep/run'));
    files.write({ height: 1, timeMs: 10, kind: 'fill', amount: 5n });
    files.write({ height: 2, timeMs: 20, kind: 'adl', account: 'Zoë, 7' });
    files.close();
    expect(files.count).toBe(2);
    const lines = readFileSync(files.jsonPath, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['fill', 'adl']);
    expect(readFileSync(files.csvPath, 'utf8')).toBe(
      'height,timeMs,kind,amount,account\n1,10,fill,5,\n2,20,adl,,"Zoë, 7"\n',
    );
  });

  test('none give a file with the lead columns', () => {
    const files = new EventFiles(join(folder, 'none'));
    files.close();
    expect(readFileSync(files.csvPath, 'utf8')).toBe('height,timeMs,kind\n');
  });
});
