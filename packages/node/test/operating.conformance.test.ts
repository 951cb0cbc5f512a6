import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMachine } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';
import { checkNetwork, genesisOf, type NetworkFile } from '../src/network.ts';
import { readVenues } from '../src/publish/readVenues.ts';
import { configSettings } from '../src/readConfig.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/operating.md'), 'utf8');
const sources = sourceTexts(join(root, 'packages/node/src')).join('\n');

function sourceTexts(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceTexts(path);
    return entry.name.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

/** The JSON blocks of the page, those of which the claim holds. */
function jsonBlocks(claim: (text: string) => boolean): unknown[] {
  const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map((match) => match[1] ?? '');
  return blocks.filter(claim).map((text) => JSON.parse(text));
}

test('every setting stands in the page, in all of its spellings', () => {
  for (const { path, variable, flag, doc } of configSettings) {
    expect(page).toContain(`| \`${path}\` | \`${variable}\` | \`${flag}\` |`);
    expect(page).toContain(doc);
  }
});

test('every metric of the node stands in the page, and no other', async () => {
  const { registry } = createMetrics();
  const own = registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => !/^plimsoll_(process|nodejs)_/.test(name));
  expect(own.length).toBeGreaterThan(25);
  for (const name of own) expect(page).toContain(`\`${name}\``);
  const said = new Set(page.match(/plimsoll_[a-z_]+[a-z]/g));
  const known = new Set([...own, 'plimsoll_process', 'plimsoll_nodejs']);
  expect([...said].filter((name) => !known.has(name))).toEqual([]);
});

test('every code of a node that stops stands in the page, and no other', () => {
  const section = page.slice(page.indexOf('## 9'), page.indexOf('## 10'));
  const said = new Set(section.match(/`[A-Z]+_[A-Z_]+`/g)?.map((code) => code.slice(1, -1)));
  for (const code of said) expect(sources, code).toContain(`'${code}'`);
  const stops = /code: '((STORE|RECORD|RECOVERY|REPLICA|BLOCK|CONFIG|NETWORK)_[A-Z_]+)'/g;
  const thrown = new Set([...sources.matchAll(stops)].map((match) => match[1]));
  // These are answers of verbs that look into a store, and of copies.
  for (const code of ['STORE_NOT_EMPTY', 'STORE_UNKNOWN_PLACE']) thrown.delete(code);
  expect([...thrown].filter((code) => !said.has(code ?? ''))).toEqual([]);
});

test('the network file of the page makes a machine, once it has addresses', () => {
  const [file] = jsonBlocks((text) => text.includes('"genesis"')) as [NetworkFile];
  const authorities = {
    admin: '0x0000000000000000000000000000000000000001',
    guardian: '0x0000000000000000000000000000000000000002',
    custodian: '0x0000000000000000000000000000000000000003',
  } as const;
  const small = { ...file, capacity: { ...file.capacity, accounts: 16, orders: 64 } };
  const network = { ...small, genesis: { ...file.genesis, authorities } };
  const genesis = genesisOf(checkNetwork(network, file.genesis.timeMs));
  expect(createMachine(genesis).state.machine.timeMs.get(0)).toBe(file.genesis.timeMs);
});

test('the list of venues of the page is one', async () => {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const [venues] = jsonBlocks((text) => text.includes('"venues"'));
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-operating-'));
  const path = join(folder, 'venues.json');
  writeFileSync(path, JSON.stringify(venues));
  expect(readVenues(path).venues.map(({ venue }) => venue)).toEqual([
    'coinbase',
    'kraken',
    'binance',
  ]);
  rmSync(folder, { recursive: true });
});
