import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACCOUNT_MIX_DEFAULTS,
  columnOf,
  findDataFolder,
  numberAt,
  readAccountMix,
  readTable,
  resolveDataFile,
} from '../../src/dataFiles/index.ts';
import { MissingDataError } from '../../src/errors.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'plimsoll-data-'));
  mkdirSync(join(root, 'repository'));
  mkdirSync(join(root, 'shared/data/ohlc'), { recursive: true });
  writeFileSync(join(root, 'shared/data/ohlc/x.csv.gz'), gzipSync('t_ms,price\n1,2\n2,3.5\n'));
  writeFileSync(
    join(root, 'mix.csv'),
    [
      'user,leverage_realtime,account_value_realtime',
      'a,2.5,1000',
      'b,0,1000',
      'c,140,1000',
      'd,3,-5',
      'e,,10',
      'f,100,20',
    ].join('\n'),
  );
});
afterAll(() => rmSync(root, { recursive: true }));

describe('where data is found', () => {
  test('beside the repository, unless a folder is named', () => {
    const beside = findDataFolder({}, join(root, 'repository'));
    expect(beside).toEqual({ folder: join(root, 'shared/data'), isRequired: false });
    const named = findDataFolder({ PLIMSOLL_DATA_DIR: root }, join(root, 'repository'));
    expect(named.folder).toBe(root);
  });

  test('a named folder that is not there is not replaced by another', () => {
    const none = findDataFolder({ PLIMSOLL_DATA_DIR: '/nowhere' }, join(root, 'repository'));
    expect(none.folder).toBe('/nowhere');
  });

  test('PLIMSOLL_DATA=required makes data required', () => {
    expect(findDataFolder({ PLIMSOLL_DATA: 'required' }, root).isRequired).toBe(true);
  });

  test('a file is relative to the data folder, or with ./ to the scenario', () => {
    const data = findDataFolder({}, join(root, 'repository'));
    const places = { data, scenarioFolder: root };
    expect(resolveDataFile('ohlc/x.csv.gz', places)).toBe(join(root, 'shared/data/ohlc/x.csv.gz'));
    expect(resolveDataFile('./mix.csv', places)).toBe(join(root, 'mix.csv'));
  });

  test('a missing file is a typed error that says where it was looked for', () => {
    const data = findDataFolder({ PLIMSOLL_DATA_DIR: root }, root);
    const places = { data, scenarioFolder: root };
    expect(() => resolveDataFile('no.csv', places)).toThrow(MissingDataError);
    expect(() => resolveDataFile('no.csv', places)).toThrow(join(root, 'no.csv'));
    const none = { data: { folder: null, isRequired: false }, scenarioFolder: root };
    expect(() => resolveDataFile('no.csv', none)).toThrow('no data folder is set');
  });
});

describe('tables', () => {
  test('a packed file reads like a plain one', () => {
    const table = readTable(join(root, 'shared/data/ohlc/x.csv.gz'));
    expect(table.columns).toEqual(['t_ms', 'price']);
    expect(numberAt(table, 1, columnOf(table, 'price'))).toBe(3.5);
  });

  test('a column that is not there is an error that lists the columns', () => {
    const table = readTable(join(root, 'mix.csv'));
    expect(() => columnOf(table, 'size')).toThrow('has no column "size"; it has user, leverage');
  });

  test('a cell that is no number is an error with line and column', () => {
    const table = readTable(join(root, 'mix.csv'));
    expect(() => numberAt(table, 4, 1)).toThrow('line 6, column "leverage_realtime": ""');
  });

  test('a file that cannot be unpacked is an error that names it', () => {
    writeFileSync(join(root, 'torn.csv.gz'), 'no gzip');
    expect(() => readTable(join(root, 'torn.csv.gz'))).toThrow('torn.csv.gz: cannot be read');
  });
});

test('a mix of accounts drops what has no leverage, no equity or is an artefact, and counts it', () => {
  const mix = readAccountMix(join(root, 'mix.csv'), ACCOUNT_MIX_DEFAULTS);
  expect(mix).toEqual({
    rows: [
      { leverage: 2.5, equity: 1000 },
      { leverage: 100, equity: 20 },
    ],
    droppedCount: 4,
  });
});
