import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { devKey } from './devNetwork.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * A program of this folder as a newcomer starts it, in a process of its own. The key is that of an
 * owner whom no other program here trades for.
 */
function start(name: string, argument: string): ChildProcess {
  const args = ['--import', 'tsx', `${folder}${name}.ts`, argument];
  const env = { ...process.env, PLIMSOLL_KEY: devKey(11) };
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
}

/** What a program printed, once it has ended well. */
async function said(name: string, url: string): Promise<string> {
  const program = start(name, url);
  let text = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (data) => {
      text += data;
    });
  }
  const code = await new Promise((resolve) => program.once('close', resolve));
  expect(code, `${name} said:\n${text}`).toBe(0);
  return text;
}

let node: ChildProcess;
let url = '';

beforeAll(async () => {
  node = start('devNode', '0');
  let errors = '';
  node.stderr?.on('data', (data) => {
    errors += data;
  });
  url = await new Promise((resolve, reject) => {
    node.stdout?.on('data', (data) => {
      const found = /The node is at (\S+);/.exec(String(data));
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    node.once('close', () => reject(new Error(errors)));
  });
});

afterAll(async () => {
  if (node.exitCode !== null) return;
  const closed = new Promise((resolve) => node.once('close', resolve));
  node.kill('SIGTERM');
  expect(await closed, 'the node stops cleanly').toBe(0);
});

describe.concurrent('programs that talk to a node', () => {
  test('an owner gets an account with what arrived in custody', async () => {
    const text = await said('fund', url);
    expect(text).toContain('The deposit stands in block');
    expect(text).toContain('has 2500 USDC');
    // The next one has the number after it, and finds that out from the refusal.
    expect(await said('fund', url)).toMatch(/Refused: .* The next one is 2\.[\s\S]*has 2500 USDC/);
  });

  test('a preview says what an order would do, or why not, and changes nothing', async () => {
    const text = await said('preview', url);
    expect(text).toMatch(/\n2 BTC: free margin 100000 would become \d+/);
    expect(text).toMatch(/\n200 BTC would be refused \(500\)/);
    expect(text).toMatch(/it would (rest on the book|be filled, and liquidated at \d+)/);
    expect(text).toContain('Positions of account 2: 0.');
  });

  test('the start on the page of the package works as it stands there', async () => {
    const page = await readFile(`${folder}../packages/api/README.md`, 'utf8');
    const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const place = `${folder}../node_modules/.cache/plimsoll`;
    await mkdir(place, { recursive: true });
    await writeFile(`${place}/package.json`, '{ "type": "module" }');
    await writeFile(`${place}/start.ts`, code.replace('http://127.0.0.1:7420', url));
    try {
      const text = await said('../node_modules/.cache/plimsoll/start', url);
      expect(text).toMatch(/In block \d+, on disk: \[/);
      expect(text).toContain("kind: 'filled'");
    } finally {
      await rm(place, { recursive: true });
    }
  });

  test('a position is bought, looked at and sold', async () => {
    const text = await said('trade', url);
    // Two fills, or a few more where other programs quote meanwhile.
    const filled = [...text.matchAll(/filled (\S+) BTC at \d+/g)].map(([, size]) => Number(size));
    expect(filled.reduce((sum, size) => sum + size, 0)).toBeCloseTo(4);
    expect(text).toMatch(/BTC-PERP: 2 since \d+.*, liquidated at \d+/);
    expect(text).toContain(`Fees of the last ${filled.length} fills: `);
    expect(text).toMatch(/fills: \S+ USDC, \S+ USDC/);
  });

  test('quotes follow the mark price', async () => {
    const text = await said('quoteAndRequote', url);
    expect(text.match(/^Mark /gm)).toHaveLength(5);
    expect(text).toMatch(/Open orders: .*buy at \d+/);
    expect(text).toContain('All cancelled.');
  });

  test('an agent trades and nothing else, and its orders go with it', async () => {
    const text = await said('agentKey', url);
    expect(text).toContain('The agent placed an order');
    expect(text).toMatch(/The agent may not withdraw \(1\d\d\)/);
    expect(text).toContain('The agent is gone, and so is its order.');
    expect(text).toContain('The key is revoked.');
  });

  test('a liquidation is watched from its start to its end', async () => {
    const text = await said('watchLiquidation', url);
    for (const kind of ['liquidationStarted', 'closedOut', 'liquidationEnded']) {
      expect(text).toContain(kind);
    }
    expect(text).toMatch(/What is left: equity \d+/);
  });

  test('a balance is proved, and a forged proof is refused', async () => {
    const text = await said('proveBalance', url);
    expect(text).toMatch(/State root 0x[0-9a-f]{64} of block \d+ holds account 3/);
    expect(text).toMatch(/of \S+ USDC owed to accounts/);
    expect(text).toContain('With one digit more it fails');
  });

  test('the rules of the network are there to read, without a key', async () => {
    const text = await said('readParameters', url);
    expect(text).toContain('commandLifetimeMs = 86400000 ms');
    expect(text).toContain('BTC-PERP from 0 USDC: initial 50000 ppm');
    expect(text).toContain('No change is pending.');
  });
});
