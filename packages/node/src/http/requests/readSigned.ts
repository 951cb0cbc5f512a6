import type { OpenedSignature, UnsignedCommand } from '@plimsoll/api';
import {
  decodeJsonCommand,
  decodeJsonObservation,
  encodeCommandBody,
  isJsonProblem,
  type JsonProblem,
  type OpenedCommand,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import type { ArrivedCommand } from '../../parts.ts';
import { malformed, pointerOf, pointerToken } from './strictJson.ts';

/** Signer and publisher are found by opening; the machine's readers want one. */
const NOBODY: OpenedSignature['signer'] = '0x0000000000000000000000000000000000000000';
const COMMAND_FIELDS: readonly (keyof UnsignedCommand)[] = [
  'account',
  'nonce',
  'expiresMs',
  'actions',
];
const SIGNATURE = /^0x[0-9a-f]{130}$/;

/** The fields of an object that is JSON; `pointer` is where it stands. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** @throws ProblemError `malformed`. */
export function objectAt(value: unknown, pointer: string): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) throw malformed(pointer, 'is not an object');
  return value as JsonObject;
}

/** @throws ProblemError `malformed`. */
export function listAt(value: unknown, pointer: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length >= 1 && value.length <= most) return value;
  throw malformed(pointer, `is not a list of 1 to ${most}`);
}

/** @throws ProblemError `malformed`, with the place of a field that is none of these. */
export function refuseOthers(sent: JsonObject, names: readonly string[], pointer: string): void {
  const other = Object.keys(sent).find((name) => !names.includes(name));
  if (other === undefined) return;
  const message = `is not a field here; the fields are ${names.join(', ')}`;
  throw malformed(`${pointer}/${pointerToken(other.slice(0, 64))}`, message);
}

/** A signed command as JSON. @throws ProblemError `malformed`, with the place. */
export function readCommand(sent: unknown, pointer: string, withEvents: boolean): ArrivedCommand {
  const { signature, ...command } = objectAt(sent, pointer);
  const body = encodeCommandBody(readUnsigned(command, pointer));
  return { body, signature: readSignature(signature, pointer), withEvents };
}

/** A command before it is signed; its signer is nobody. @throws ProblemError `malformed`. */
export function readUnsigned(sent: unknown, pointer: string): OpenedCommand {
  const command = objectAt(sent, pointer);
  if ('signer' in command) throw malformed(`${pointer}/signer`, 'follows from the signature');
  refuseOthers(command, COMMAND_FIELDS, pointer);
  const read = decodeJsonCommand({ ...command, signer: NOBODY });
  if (isJsonProblem(read)) throw refusal(read, pointer);
  return read;
}

/** A price as JSON. @throws ProblemError `malformed`, with the place. */
export function readPrice(sent: unknown, pointer: string): UnsignedObservation {
  const price = objectAt(sent, pointer);
  if ('publisher' in price) throw malformed(`${pointer}/publisher`, 'follows from the signature');
  const read = decodeJsonObservation({ ...price, publisher: NOBODY });
  if (isJsonProblem(read)) throw refusal(read, pointer);
  const { publisher: _, ...unsigned } = read;
  return unsigned;
}

/** 65 bytes. @throws ProblemError `malformed`, with the place. */
export function readSignature(sent: unknown, pointer: string): Uint8Array {
  if (typeof sent === 'string' && SIGNATURE.test(sent)) {
    return new Uint8Array(Buffer.from(sent.slice(2), 'hex'));
  }
  throw malformed(`${pointer}/signature`, 'is not 65 bytes as 0x and lower-case hex');
}

function refusal({ path, message }: JsonProblem, pointer: string): Error {
  return malformed(`${pointer}${pointerOf(path)}`, message);
}
