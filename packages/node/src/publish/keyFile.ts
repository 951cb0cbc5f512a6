import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Hex } from '@plimsoll/api';
import { addressOf, bytesOfHex, hexOfBytes } from '@plimsoll/api/signing';
import { PlimsollError } from '@plimsoll/core/math';
import type { Address } from '@plimsoll/core/schema';

/** A key file that is none, or that this password does not open. */
export class KeyFileError extends PlimsollError {
  constructor(path: string, why: string, cause?: unknown) {
    super({ code: 'KEY_FILE', message: `${path} ${why}`, cause });
  }
}

/** A private key and whose it is. */
export interface KeyPair {
  readonly address: Address;
  readonly privateKey: Hex;
}

/** A key in the open: for development, and worth nothing. */
interface PlainKeyFile {
  readonly kind: 'plimsoll-dev-key';
  readonly warning: string;
  readonly address: Address;
  readonly privateKey: Hex;
}

/** A key under a password: scrypt, then AES-256-GCM. Bytes as hex. */
interface LockedKeyFile {
  readonly kind: 'plimsoll-key';
  readonly version: 1;
  readonly address: Address;
  readonly scrypt: { readonly n: number; readonly r: number; readonly p: number; salt: Hex };
  readonly cipher: { readonly name: 'aes-256-gcm'; readonly iv: Hex; tag: Hex; text: Hex };
}

export const DEV_KEY_WARNING = 'DEVELOPMENT ONLY: anybody can read this key; it must hold nothing';

/** 128 MiB and about a third of a second per guess. */
const SCRYPT = { n: 131_072, r: 8, p: 1 };
const SCRYPT_BYTES_MAX = 1 << 28;

/**
 * A new key from the system's random numbers.
 *
 * @throws PrivateKeyError once in 2^128, when they are not below the order of the curve: ask again.
 */
export function newKey(): KeyPair {
  const bytes = randomBytes(32);
  return { address: addressOf(bytes), privateKey: hexOfBytes(bytes) };
}

/**
 * Writes a key, readable by its owner alone. Never over a file that exists. Without a password it
 * stands there in the open, marked as worthless.
 */
export function writeKeyFile(path: string, key: KeyPair, password?: string): void {
  const file = password === undefined ? plainFile(key) : lockedFile(key, password);
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

function plainFile({ address, privateKey }: KeyPair): PlainKeyFile {
  return { kind: 'plimsoll-dev-key', warning: DEV_KEY_WARNING, address, privateKey };
}

function lockedFile({ address, privateKey }: KeyPair, password: string): LockedKeyFile {
  const salt = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', derive(password, salt, SCRYPT), iv);
  cipher.setAAD(Buffer.from(address));
  const text = Buffer.concat([cipher.update(bytesOfHex(privateKey)), cipher.final()]);
  return {
    kind: 'plimsoll-key',
    version: 1,
    address,
    scrypt: { ...SCRYPT, salt: hexOfBytes(salt) },
    cipher: {
      name: 'aes-256-gcm',
      iv: hexOfBytes(iv),
      tag: hexOfBytes(cipher.getAuthTag()),
      text: hexOfBytes(text),
    },
  };
}

/**
 * Reads a key file; `password` is asked for only where the file is locked.
 *
 * @throws KeyFileError
 */
export function readKeyFile(path: string, password: () => string | undefined): KeyPair {
  const file = parsed(path);
  if (file.kind === 'plimsoll-dev-key') {
    return checked(path, { address: file.address, privateKey: file.privateKey });
  }
  const secret = password();
  if (secret === undefined) {
    throw new KeyFileError(path, 'is locked: give its password in PLIMSOLL_KEY_PASSWORD');
  }
  return checked(path, { address: file.address, privateKey: opened(path, file, secret) });
}

function opened(path: string, file: LockedKeyFile, password: string): Hex {
  try {
    const { scrypt, cipher } = file;
    const key = derive(password, bytesOfHex(scrypt.salt), scrypt);
    const decipher = createDecipheriv('aes-256-gcm', key, bytesOfHex(cipher.iv));
    decipher.setAAD(Buffer.from(file.address));
    decipher.setAuthTag(bytesOfHex(cipher.tag));
    const text = decipher.update(bytesOfHex(cipher.text));
    return hexOfBytes(Buffer.concat([text, decipher.final()]));
  } catch (cause) {
    throw new KeyFileError(path, 'does not open: another password, or changed bytes', cause);
  }
}

function derive(
  password: string,
  salt: Uint8Array,
  { n, r, p }: { readonly n: number; readonly r: number; readonly p: number },
): Buffer {
  return scryptSync(password, salt, 32, { N: n, r, p, maxmem: SCRYPT_BYTES_MAX });
}

function checked(path: string, key: KeyPair): KeyPair {
  let address: Address;
  try {
    address = addressOf(key.privateKey);
  } catch (cause) {
    throw new KeyFileError(path, 'holds no private key', cause);
  }
  if (address === key.address) return key;
  throw new KeyFileError(path, `says ${key.address}, but its key is that of ${address}`);
}

function parsed(path: string): PlainKeyFile | LockedKeyFile {
  const text = readFileSync(path, 'utf8');
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new KeyFileError(path, 'is no key file: it is not JSON', cause);
  }
  const kind = typeof file === 'object' && file !== null && 'kind' in file ? file.kind : undefined;
  if (kind === 'plimsoll-dev-key') return file as PlainKeyFile;
  if (kind === 'plimsoll-key') return file as LockedKeyFile;
  throw new KeyFileError(path, 'is no key file; `plimsoll keys new` makes one');
}
