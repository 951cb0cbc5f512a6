import { createHash } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Network } from '@plimsoll/api';
import { type Genesis, limitsFor } from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import { assetParameters, globalParameters, type ParameterSchema } from '@plimsoll/core/schema';

/**
 * The document that a network begins with, one JSON file: the same bytes of meaning give the same
 * network. Stored in every store; a node of another document refuses that store.
 */
export interface NetworkFile {
  /** Stands in every signature: `Plimsoll <network>`. */
  readonly network: string;
  readonly chainId: number;
  readonly genesis: Omit<Genesis, 'limits'>;
  /** What the machine is built for; full tables refuse. */
  readonly capacity: {
    readonly accounts: number;
    readonly positionsPerAccount?: number;
    readonly orders?: number;
    readonly instruments?: number;
  };
}

/** A network file that nothing can begin with; every mistake is named with its place. */
export class NetworkFileError extends PlimsollError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `\n  ${problem}`).join('');
    super({
      code: 'NETWORK_INVALID',
      message: `the network file cannot be used (docs/operating.md 2):${lines}`,
    });
    this.problems = problems;
  }
}

/** What every signature on this network is bound to. */
export function networkOf(file: NetworkFile): Network {
  const hash = createHash('sha256').update(canonicalJson(file)).digest('hex');
  return { name: file.network, chainId: file.chainId, genesisHash: `0x${hash}` };
}

export function genesisOf(file: NetworkFile): Genesis {
  return { ...file.genesis, limits: limitsFor(file.capacity) };
}

/** JSON with the keys of every object in order, so that equal documents are equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${entries.join(',')}}`;
}

/**
 * A document as a network. Strict, because what a network begins with cannot be mended: a typing
 * error in the address of an authority is a network that nobody can list a market on.
 *
 * @throws NetworkFileError with every mistake.
 */
export function checkNetwork(value: unknown, nowMs: number): NetworkFile {
  const problems: string[] = [];
  checkRecord({ value, rule: networkRule(nowMs), place: '', problems });
  problems.push(...sharedKeys(value));
  if (problems.length > 0) throw new NetworkFileError(problems);
  return value as NetworkFile;
}

/** What a value must be, or undefined if it is. */
type Check = (value: unknown) => string | undefined;
/** The fields of a record; `?` behind a name: may be absent. */
interface Rule {
  readonly [field: string]: Check | Rule;
}

const AHEAD_MS = 60_000;
const ROLES = ['admin', 'guardian', 'custodian'] as const;

const networkRule = (nowMs: number): Rule => ({
  network: text(64),
  chainId: integer(1, Number.MAX_SAFE_INTEGER),
  genesis: {
    timeMs: (value) =>
      integer(0, Number.MAX_SAFE_INTEGER)(value) ??
      (Number(value) > nowMs + AHEAD_MS
        ? 'must not lie ahead of the clock: block time never goes back'
        : undefined),
    authorities: { admin: address, guardian: address, custodian: address },
    settlement: {
      name: text(16),
      decimals: integer(0, 18),
      'parameters?': parametersRule(assetParameters),
    },
    'parameters?': parametersRule(globalParameters),
  },
  capacity: {
    accounts: integer(1, 16_777_216),
    'positionsPerAccount?': integer(1, 4_096),
    'orders?': integer(1, 16_777_216),
    'instruments?': integer(1, 4_096),
  },
});

function parametersRule(table: { readonly [name: string]: ParameterSchema }): Rule {
  return Object.fromEntries(
    Object.entries(table).map(([name, { min, max }]) => [`${name}?`, integer(min, max)]),
  );
}

function integer(min: number, max: number): Check {
  return (value) =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

function text(lengthMax: number): Check {
  return (value) =>
    typeof value === 'string' && /^[\x20-\x7e]+$/.test(value) && value.length <= lengthMax
      ? undefined
      : `must be text of 1 to ${lengthMax} printable ASCII characters`;
}

function address(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value)) {
    return 'must be an address: 0x and 40 hex digits';
  }
  const isMixed = /[a-f]/.test(value) && /[A-F]/.test(value);
  if (!isMixed || value === withChecksum(value)) return undefined;
  return 'is mistyped: its capital letters are not those of its checksum (EIP-55)';
}

function withChecksum(value: string): string {
  const digits = value.slice(2).toLowerCase();
  const hash = Buffer.from(keccak_256(Buffer.from(digits))).toString('hex');
  return `0x${[...digits]
    .map((digit, i) => (Number.parseInt(hash[i] ?? '0', 16) > 7 ? digit.toUpperCase() : digit))
    .join('')}`;
}

interface Asked {
  readonly value: unknown;
  readonly rule: Rule;
  readonly place: string;
  readonly problems: string[];
}

function checkRecord({ value, rule, place, problems }: Asked): void {
  if (!isRecord(value)) {
    problems.push(`${place === '' ? 'the whole' : place} must be a JSON object`);
    return;
  }
  const known = new Map(Object.entries(rule).map(([name, each]) => [name.replace('?', ''), each]));
  for (const name of Object.keys(value)) {
    if (known.has(name)) continue;
    const names = [...known.keys()];
    const list = names.length > 8 ? '' : `; known: ${names.join(', ')}`;
    problems.push(`${placeOf(place, name)} is not known${list}`);
  }
  for (const [name, each] of known) {
    const at = placeOf(place, name);
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined) {
      if (!Object.hasOwn(rule, `${name}?`)) problems.push(`${at} is missing`);
    } else if (typeof each === 'function') {
      const problem = each(found);
      if (problem !== undefined) problems.push(`${at} ${problem}, and is ${JSON.stringify(found)}`);
    } else checkRecord({ value: found, rule: each, place: at, problems });
  }
}

/** A key has one role: its nonces are counted in one place. */
function sharedKeys(value: unknown): string[] {
  const genesis = isRecord(value) ? value.genesis : undefined;
  const authorities = isRecord(genesis) ? genesis.authorities : undefined;
  if (!isRecord(authorities)) return [];
  const keys = ROLES.map((role) => String(authorities[role]).toLowerCase());
  return ROLES.flatMap((role, i) => {
    const first = keys.indexOf(keys[i] ?? '');
    if (first === i || address(authorities[role]) !== undefined) return [];
    return [`genesis.authorities.${role} must be another key than that of the ${ROLES[first]}`];
  });
}

function placeOf(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
