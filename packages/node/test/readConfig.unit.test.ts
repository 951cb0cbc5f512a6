import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultConfig } from '../src/config.ts';
import { ConfigError, type ConfigSources, configSettings, readConfig } from '../src/readConfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(value: unknown): string {
  const path = join(folder, 'plimsoll.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

function problemsOf(sources: ConfigSources): readonly string[] {
  try {
    readConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('without anything said the defaults stand', () => {
  expect(readConfig()).toEqual(defaultConfig);
});

test('flags win over the environment, that over the file, that over the defaults', () => {
  const sources: ConfigSources = {
    file: file({ http: { port: 1, host: '::1' }, limits: { queueMax: 7 }, logLevel: 'debug' }),
    environment: { PLIMSOLL_HTTP_PORT: '2', PLIMSOLL_HTTP_HOST: 'localhost', PATH: '/bin' },
    flags: { 'http.port': '3' },
  };
  const config = readConfig(sources);
  expect(config.http).toEqual({ ...defaultConfig.http, port: 3, host: 'localhost' });
  expect(config.limits).toEqual({ ...defaultConfig.limits, queueMax: 7 });
  expect(config.logLevel).toBe('debug');
  expect(defaultConfig.http.port).toBe(7420);
});

test('lists are divided by commas, claims are true or false', () => {
  const environment = {
    PLIMSOLL_HTTP_CORS_ORIGINS: 'https://a.example, https://b.example',
    PLIMSOLL_HTTP_IS_BEHIND_PROXY: 'true',
  };
  const { http } = readConfig({ environment });
  expect(http.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
  expect(http.isBehindProxy).toBe(true);
  expect(readConfig({ flags: { 'http.corsOrigins': '' } }).http.corsOrigins).toEqual([]);
});

describe('a mistake is named with the place where it was made', () => {
  test.each([
    [
      { environment: { PLIMSOLL_HTTP_PORT: 'abc' } },
      /^http\.port \(from PLIMSOLL_HTTP_PORT\).*"abc"/,
    ],
    [{ flags: { 'http.port': '70000' } }, /^http\.port \(from --http-port\).*65535.*70000/],
    [{ flags: { logLevel: 'loud' } }, /^logLevel \(from --log-level\).*silent, fatal.*"loud"/],
    [{ flags: { 'blocks.commandsMax': '0' } }, /^blocks\.commandsMax .*>= 1.*0$/],
    [
      { environment: { PLIMSOLL_HTTP_PROT: '1' } },
      /PLIMSOLL_HTTP_PROT .*is PLIMSOLL_HTTP_PORT meant/,
    ],
    [
      { flags: { 'http.corsOrigins': 'https://a.example,b.example' } },
      /^http\.corsOrigins\.1 \(from --http-cors-origins\) must be origins.* for all, and is "b\.example"$/,
    ],
    [{ flags: { 'http.corsOrigins': 'https://a.example/' } }, /without a path/],
    [{ flags: { 'http.isBehindProxy': 'yes' } }, /http\.isBehindProxy .*boolean.*"yes"/],
    [{ file: join(folder, 'none.json') }, /none\.json cannot be read/],
  ] satisfies [ConfigSources, RegExp][])('%j', (sources, says) => {
    expect(problemsOf(sources)).toEqual([expect.stringMatching(says)]);
  });

  test.each([
    ['{', /plimsoll\.json is not JSON/],
    [[], /plimsoll\.json is not a JSON object/],
    [
      { http: { prot: 1 } },
      /^http\.prot \(in .*plimsoll\.json\) is no setting; is http\.port meant/,
    ],
    [{ http: 5 }, /^http \(in .*plimsoll\.json\) must be object, and is 5/],
    [
      { http: { corsOrigins: [1] } },
      /^http\.corsOrigins\.0 \(in .*\) must be origins.*, and is 1$/,
    ],
    [JSON.parse('{"__proto__": {"x": 1}}'), /__proto__/],
  ])('in the file: %j', (value, says) => {
    expect(problemsOf({ file: file(value) })).toEqual([expect.stringMatching(says)]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('all of them at once', () => {
    const sources = { flags: { 'http.port': '-1', 'opening.threads': '0', logLevel: '' } };
    expect(problemsOf(sources)).toHaveLength(3);
    expect(() => readConfig(sources)).toThrow(/http\.port.*opening\.threads.*logLevel/s);
  });
});

test('every setting has a name in each source, a word about it and a default', () => {
  const port = configSettings.find((setting) => setting.path === 'http.port');
  expect(port).toEqual({
    path: 'http.port',
    variable: 'PLIMSOLL_HTTP_PORT',
    flag: '--http-port',
    kind: 'integer',
    doc: expect.stringContaining('port'),
    initial: '7420',
  });
  for (const setting of configSettings) {
    expect(setting.doc, setting.path).not.toBe('');
    expect(setting.initial, setting.path).not.toMatch(/undefined|object/);
    const flags = setting.kind === 'list' ? {} : { [setting.path]: setting.initial };
    expect(readConfig({ flags })).toEqual(defaultConfig);
  }
  expect(new Set(configSettings.map((setting) => setting.variable)).size).toBe(
    configSettings.length,
  );
});
