import { createHash } from 'node:crypto';
import { STATE_VERSION } from '@plimsoll/core/machine';
import { canonicalJson, type NetworkFile } from '../network.ts';
import { DamagedStoreError, NetworkMismatchError, StoreVersionError } from './errors.ts';

/** Which network a store is of, and what it was written for. */
export interface StoreIdentity {
  readonly stateVersion: number;
  readonly network: NetworkFile;
}

export const IDENTITY_KEY = 'identity';
const MAGIC = 0x504c5354; // 'PLST'
const FORMAT = 1;
const CHECK_BYTES = 16;
const HEADER_BYTES = 12 + CHECK_BYTES;

/** The value that stands in every store. Spec: nodeStore 2. */
export function encodeIdentity(network: NetworkFile): Buffer {
  const json = Buffer.from(canonicalJson(network));
  const bytes = Buffer.alloc(HEADER_BYTES + json.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32LE(FORMAT, 4);
  bytes.writeUInt32LE(STATE_VERSION, 8);
  json.copy(bytes, HEADER_BYTES);
  checksum(bytes).copy(bytes, 12);
  return bytes;
}

/**
 * @throws StoreVersionError when this program does not read such a store.
 * @throws DamagedStoreError when the bytes are not what was written.
 */
export function decodeIdentity(bytes: Buffer, directory: string): StoreIdentity {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC) damaged(directory);
  const format = bytes.readUInt32LE(4);
  const stateVersion = bytes.readUInt32LE(8);
  // Before the checksum: another format may have another one.
  if (format !== FORMAT) throw otherVersion(directory, { format, known: FORMAT });
  if (!checksum(bytes).equals(bytes.subarray(12, HEADER_BYTES))) damaged(directory);
  if (stateVersion !== STATE_VERSION) {
    throw otherVersion(directory, { stateVersion, known: STATE_VERSION });
  }
  const network = JSON.parse(bytes.subarray(HEADER_BYTES).toString()) as NetworkFile;
  return { stateVersion, network };
}

/** @throws NetworkMismatchError naming where the two documents differ. */
export function checkNetwork(stored: NetworkFile, asked: NetworkFile, directory: string): void {
  if (canonicalJson(stored) === canonicalJson(asked)) return;
  const place = differenceOf(stored, asked, '');
  throw new NetworkMismatchError({
    code: 'STORE_NETWORK',
    message:
      `the store in ${directory} is of another network: ${place}; use another directory, or the ` +
      'document that the store was made with',
    facts: { stored: stored.network, asked: asked.network },
  });
}

function differenceOf(stored: unknown, asked: unknown, path: string): string {
  if (isObject(stored) && isObject(asked)) {
    const names = [...new Set([...Object.keys(stored), ...Object.keys(asked)])].sort();
    const name = names.find((each) => canonical(stored[each]) !== canonical(asked[each]));
    if (name !== undefined) {
      return differenceOf(stored[name], asked[name], path === '' ? name : `${path}.${name}`);
    }
  }
  return `${path} is ${canonical(stored)} in the store and ${canonical(asked)} here`;
}

function canonical(value: unknown): string {
  return value === undefined ? 'not set' : canonicalJson(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksum(bytes: Buffer): Buffer {
  const hash = createHash('sha256').update(bytes.subarray(0, 12));
  return hash.update(bytes.subarray(HEADER_BYTES)).digest().subarray(0, CHECK_BYTES);
}

function otherVersion(
  directory: string,
  facts: { readonly [fact: string]: number },
): StoreVersionError {
  return new StoreVersionError({
    code: 'STORE_VERSION',
    message:
      `the store in ${directory} was written for another version; run the version of plimsoll ` +
      'that wrote it',
    facts,
  });
}

function damaged(directory: string): never {
  throw new DamagedStoreError({
    code: 'STORE_DAMAGED',
    message: `the identity of the store in ${directory} is damaged; restore a backup with plimsoll restore`,
  });
}
