import { refuseProof } from './errors.ts';

// Proofs come from somebody who may want to deceive: every field is read with its type and bounds,
// and one that is not part of a proof is refused.

export type Fields = { readonly [name: string]: unknown };

export function readObject(value: unknown, place: string, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuseProof(place, 'is not an object');
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) refuseProof(`${place}.${unknown}`, 'is not a field of a proof');
  return value as Fields;
}

export function readList(value: unknown, place: string, countMax: number): readonly unknown[] {
  if (!Array.isArray(value)) refuseProof(place, 'is not a list');
  if (value.length > countMax) refuseProof(place, `has more than ${countMax} entries`);
  return value;
}

/** A whole number from 0 to 2^53 − 1. */
export function readCount(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    refuseProof(place, 'is not a whole number');
  }
  return value + 0;
}

/** An integer as a decimal string, at least 0 unless signed, below 2^127 in magnitude. */
export function readInteger(value: unknown, place: string, isSigned = false): bigint {
  const pattern = isSigned ? /^(0|-?[1-9][0-9]{0,37})$/ : /^(0|[1-9][0-9]{0,37})$/;
  if (typeof value !== 'string' || !pattern.test(value)) {
    refuseProof(place, 'is not an integer as a decimal string');
  }
  const integer = BigInt(value);
  if (BigInt.asIntN(128, integer) !== integer) refuseProof(place, 'is too large');
  return integer;
}

export function readHex(value: unknown, place: string, bytes?: number): Uint8Array {
  if (typeof value !== 'string' || !/^0x([0-9a-f]{2})*$/.test(value)) {
    refuseProof(place, 'is not lower-case hex');
  }
  const length = (value.length - 2) / 2;
  if (bytes !== undefined && length !== bytes) refuseProof(place, `is not ${bytes} bytes`);
  return Uint8Array.from({ length }, (_, i) =>
    Number.parseInt(value.slice(2 + 2 * i, 4 + 2 * i), 16),
  );
}
