import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger, defaultConfig, type RunningNode, startNode } from '../../dist/index.js';
import { openStore } from '../../src/store/index.ts';
import { Chain, store as storeBlocks } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

type Line = Readonly<Record<string, unknown>>;

async function start(directory: string, lines: Line[] = []): Promise<RunningNode> {
  const http = { ...defaultConfig.http, port: 0 };
  const config = { ...defaultConfig, dataDirectory: directory, http };
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  return await startNode({ config, logger: createLogger({ level: 'info', destination: sink }) });
}

async function get(node: RunningNode, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${node.url}${path}`);
  return { status: answer.status, text: await answer.text() };
}

test('a node whose history is lost serves at once, and answers of the past when it is built', async () => {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const store = await openStore({ directory, network: chain.network });
  const blocks = [...chain.open(), ...Array.from({ length: 1_000 }, () => chain.trade())];
  await storeBlocks(store, blocks);
  await store.close();
  const past = '/v1/events?fromHeight=1&limit=1000';
  const first = await start(directory);
  const told = await get(first, past);
  expect(told.status).toBe(200);
  await first.close();

  rmSync(join(directory, 'history'), { recursive: true });
  const lines: Line[] = [];
  const second = await start(directory, lines);
  expect((await get(second, '/v1/accounts/1')).status).toBe(200);
  expect((await get(second, '/readyz')).status).toBe(200);
  const early = await get(second, past);
  if (early.status === 503) expect(JSON.parse(early.text)).toMatchObject({ name: 'behind' });
  await expect
    .poll(() => lines.map(({ msg }) => msg), { timeout: 300_000 })
    .toContain('the history is complete');
  expect(lines.find(({ reason }) => reason === 'there is none')).toMatchObject({ level: 'warn' });
  const events = (text: string) => JSON.parse(text).events;
  expect(events((await get(second, past)).text)).toEqual(events(told.text));
  await expect
    .poll(async () => (await get(second, '/metrics')).text)
    .toMatch(/^plimsoll_history_lag_blocks 0$/m);
  await second.close();
});
