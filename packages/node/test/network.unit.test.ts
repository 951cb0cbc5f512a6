import { describe, expect, test } from 'vitest';
import { checkNetwork, NetworkFileError } from '../src/network.ts';

const nowMs = 1_800_000_000_000;
const file = {
  network: 'mainnet',
  chainId: 1,
  genesis: {
    timeMs: nowMs,
    authorities: {
      admin: '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf',
      guardian: '0x2b5ad5c4795c026514f8317c7a215e218dccd6cf',
      custodian: '0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69',
    },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: { rootIntervalMs: 250 },
  },
  capacity: { accounts: 1_000, orders: 2_000 },
};

/** The file with one text in place of another. */
function changed(from: string, to: string): unknown {
  const text = JSON.stringify(file);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
}

function problemsOf(value: unknown): readonly string[] {
  try {
    checkNetwork(value, nowMs);
  } catch (error) {
    if (error instanceof NetworkFileError) return error.problems;
    throw error;
  }
  return [];
}

test('a network file as the operating page shows it is one, as it stands', () => {
  expect(checkNetwork(file, nowMs)).toBe(file);
});

describe('a network is not begun with a mistake, for it could not be mended', () => {
  test.each([
    ['0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf', '0x…', /authorities\.admin must be an address/],
    ['0x7E5F45', '0x7E5F46', /authorities\.admin is mistyped.*EIP-55/],
    ['dccd6cf', 'dccd6c', /authorities\.guardian must be an address/],
    ['"guardian"', '"gaurdian"', /authorities\.gaurdian is not known; known: admin, guardian/],
    ['"custodian":"0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69"', '"custodian":null', /custodian/],
    [
      '0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69',
      file.genesis.authorities.guardian,
      /another key/,
    ],
    ['rootIntervalMs', 'rootIntervalls', /genesis\.parameters\.rootIntervalls is not known/],
    [':250', ':"250"', /rootIntervalMs must be a whole number from .*"250"/],
    [':250', ':-1', /rootIntervalMs must be a whole number/],
    ['"decimals":6', '"decimals":99', /settlement\.decimals must be a whole number from 0 to 18/],
    ['"name":"USDC"', '"name":""', /settlement\.name must be text/],
    [`${nowMs}`, `${nowMs + 3_600_000}`, /timeMs must not lie ahead of the clock/],
    ['"orders"', '"ordres"', /capacity\.ordres is not known; known: .*orders/],
    ['"accounts":1000', '"accounts":"many"', /capacity\.accounts must be a whole number/],
    ['"chainId":1', '"chainId":-1', /chainId must be a whole number/],
    ['"network":"mainnet"', '"network":""', /network must be text/],
    ['"capacity"', '"capcity"', /capcity is not known/],
  ])('%s as %s', (from, to, says) => {
    expect(problemsOf(changed(from, to))).toContainEqual(expect.stringMatching(says));
  });
});

test('every mistake is named at once, and what is no document is said to be none', () => {
  const { genesis: _, ...rest } = file;
  expect(problemsOf({ ...rest, capacity: {} })).toEqual([
    'genesis is missing',
    'capacity.accounts is missing',
  ]);
  expect(problemsOf([])).toEqual(['the whole must be a JSON object']);
});
