import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bookChecksum, CHANNELS, CLOSE, crc32, type Level } from '../../src/wire/index.ts';

const page = readFileSync(new URL('../../../../docs/spec/stream.md', import.meta.url), 'utf8');

interface Example {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly text: string;
  readonly checksum: number;
}

test('the example of the checksum on the page is what the program computes', () => {
  const [, body = ''] = /```json checksum\n(.*?)```/s.exec(page) ?? [];
  const { bids, asks, text, checksum } = JSON.parse(body) as Example;
  expect(crc32(text)).toBe(checksum);
  expect(bookChecksum(bids, asks)).toBe(checksum);
});

test('the page names every channel and every code with which the node closes', () => {
  for (const channel of Object.keys(CHANNELS)) expect(page).toContain(`**${channel}**`);
  const { normal: _, ...others } = CLOSE;
  for (const code of Object.values(others)) expect(page).toContain(`| ${code} |`);
});
