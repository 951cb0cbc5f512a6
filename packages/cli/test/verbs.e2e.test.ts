import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { plimsoll } from './plimsoll.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

const market = {
  assets: [{ name: 'USDC', decimals: 6 }],
  underlyings: [{ name: 'BTC', priceUnit: '0.1' }],
  instruments: [{ name: 'BTC-PERP', underlying: 'BTC', lotSize: '0.001' }],
};
const scenario = {
  name: 'Half a minute',
  blocks: { intervalMs: 1000, durationMs: 30_000 },
  ...market,
  accounts: [
    {
      name: 'alice',
      balances: { USDC: '5000' },
      positions: [{ instrument: 'BTC-PERP', size: '0.5' }],
    },
  ],
  prices: [{ underlying: 'BTC', noiseBp: 1, path: { kind: 'calm', start: '60000' } }],
  assertions: [{ metric: 'accountsLiquidated', op: '=', value: 0 }],
};

describe('simulate', () => {
  test('prints a table, and writes a report, the events and a file that replays', () => {
    const out = join(folder, 'report');
    const ran = plimsoll(['simulate', file('calm.json', scenario), '--repeat', '--out', out]);
    expect(ran.stderr).toContain('running: 30 of 30 blocks');
    expect(ran.stdout).toMatch(/same seed, second run +the same/);
    expect(ran.stdout).toMatch(/accountsLiquidated = 0 +holds: 0/);
    expect(ran.status).toBe(0);
    for (const name of ['report.html', 'result.json', 'events.ndjson', 'events.csv']) {
      expect(existsSync(join(out, name)), name).toBe(true);
    }
    const replay = join(out, 'blocks.replay');
    const replayed = plimsoll(['replay', replay]);
    expect(replayed.stdout).toContain('every one is the same');
    expect(replayed.status).toBe(0);
    const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
    expect(replayed.stdout).toContain(result.roots.final);

    const bytes = readFileSync(replay);
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8((bytes.readUInt8(at) ^ 1) & 0xff, at);
    const damaged = plimsoll(['replay', file('damaged.replay', ''), '--quiet']);
    expect(damaged.stderr).toContain('not a whole replay file');
    writeFileSync(replay, bytes);
    const changed = plimsoll(['replay', replay, '--quiet']);
    expect(changed.stderr).toMatch(/plimsoll: (block \d+, )?at byte \d+: /);
    expect([damaged.status, changed.status]).toEqual([1, 1]);
  });

  test('prints JSON alone on stdout, and another seed gives another root', () => {
    const path = file('calm.json', scenario);
    const roots = ['1', '2'].map((seed) => {
      const { stdout } = plimsoll(['simulate', path, '--json', '--seed', seed, '--quiet']);
      return JSON.parse(stdout).roots;
    });
    expect(roots[0].final).not.toBe(roots[1].final);
  });

  test('ends with 1 when a claim does not hold', () => {
    const claim = { metric: 'fills', op: '>', value: 1_000_000 };
    const path = file('claim.json', { ...scenario, assertions: [claim] });
    const { status, stdout } = plimsoll(['simulate', path, '--quiet']);
    expect(stdout).toMatch(/fills > 1000000 +FAILS/);
    expect(status).toBe(1);
  });

  test('ends with 1 when an action has another outcome than expected', () => {
    const action = {
      timeMs: 1000,
      account: 'alice',
      command: { kind: 'withdraw', asset: 'USDC', amount: '4000' },
    };
    const path = file('action.json', { ...scenario, actions: [action] });
    const { status, stdout } = plimsoll(['simulate', path, '--quiet']);
    expect(stdout).toContain('actions with the expected outcome');
    expect(status).toBe(1);
  });

  test('names every mistake in a file with its path, and ends with 2', () => {
    const wrong = { ...scenario, prices: [], parameters: { quotaPerSecnd: 1 } };
    const { status, stderr } = plimsoll(['simulate', file('wrong.json', wrong)]);
    expect(stderr).toContain('/parameters/quotaPerSecnd: no global parameter is called');
    expect(stderr).toContain('/underlyings/0: no price path');
    expect(status).toBe(2);
    expect(plimsoll(['simulate', file('broken.json', '{')]).stderr).toContain('is not JSON');
  });

  test('skips a scenario without its data, or ends with 3 where data is required', () => {
    const path = { kind: 'file', file: 'none.csv' };
    const recorded = { ...scenario, prices: [{ underlying: 'BTC', path }] };
    const args = ['simulate', file('recorded.json', recorded), file('calm.json', scenario)];
    const skipped = plimsoll([...args, '--quiet'], { PLIMSOLL_DATA: '' });
    expect(skipped.stdout).toContain('SKIPPED: data file none.csv is missing');
    expect(skipped.stdout).toContain('1 scenarios ran, 0 of them failed; 1 SKIPPED');
    expect(skipped.status).toBe(0);
    const required = plimsoll([...args, '--quiet'], { PLIMSOLL_DATA: 'required' });
    expect(required.stderr).toContain('none.csv is missing');
    expect(required.status).toBe(3);
  });
});

const portfolio = {
  ...market,
  underlyings: [{ name: 'BTC', priceUnit: '0.1', price: '60000' }],
  balances: { USDC: '5000' },
  positions: [{ instrument: 'BTC-PERP', size: '0.5', price: '61000' }],
};

describe('margin', () => {
  test('shows what an account must hold, with liquidation and bankruptcy price', () => {
    const { status, stdout } = plimsoll(['margin', file('portfolio.json', portfolio)]);
    expect(stdout).toContain('healthy');
    expect(stdout).toMatch(/equity +4,500\.00/);
    expect(stdout).toMatch(/BTC-PERP +52,/);
    expect(status).toBe(0);
  });

  test('prints parts as JSON that add up to the figures bit for bit', () => {
    const { stdout } = plimsoll(['margin', file('portfolio.json', portfolio), '--json']);
    const { figures, balances, positions } = JSON.parse(stdout);
    expect(balances[0].maintenanceValue + positions[0].unrealized - 0).toBe(figures.marginBalance);
    expect(positions[0].bankruptcyPrice).toBe(510_000);
  });

  test('names a mistake in the file with its path', () => {
    const wrong = { ...portfolio, positions: [{ instrument: 'BTC-PERP', size: 0.5 }] };
    const { status, stderr } = plimsoll(['margin', file('wrong.json', wrong)]);
    expect(stderr).toContain('/positions/0/size: must be a decimal text');
    expect(status).toBe(2);
  });
});

describe('schema', () => {
  test.each(['scenario', 'portfolio'])('prints the published schema of a %s', (name) => {
    const { stdout } = plimsoll(['schema', name]);
    const place = name === 'scenario' ? '../../simulator' : '..';
    const path = fileURLToPath(new URL(`${place}/${name}.schema.json`, import.meta.url));
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path, 'utf8')));
    const validate = new Ajv({ strict: false }).compile(JSON.parse(stdout));
    expect(validate(name === 'scenario' ? scenario : portfolio)).toBe(true);
    expect(validate({})).toBe(false);
  });

  test.each(['action', 'command', 'observation', 'block', 'event'])('prints that of %s', (name) => {
    const { stdout } = plimsoll(['schema', name]);
    expect(() => new Ajv2020({ strict: false }).compile(JSON.parse(stdout))).not.toThrow();
  });
});
