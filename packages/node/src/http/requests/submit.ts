import {
  type Network,
  type OpenedSignature,
  typedDataTarget,
  type UnsignedCommand,
} from '@plimsoll/api';
import type { RouteResponse } from '@plimsoll/api/routes';
import { commandDigest } from '@plimsoll/api/signing';
import { type Problem, ProblemError, type Receipt } from '@plimsoll/api/wire';
import {
  decodeJsonCommand,
  decodeJsonObservation,
  encodeCommandBody,
  isJsonProblem,
  type JsonProblem,
  type JsonValue,
  type OpenedCommand,
  typedData,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import type { ArrivedCommand, Ingress } from '../../parts.ts';
import { hexOf } from '../../receipts.ts';
import { problemOf } from '../problemOf.ts';
import { malformed, pointerOf, pointerToken } from './strictJson.ts';

/** Most commands of one request, and most prices under one signature. */
export const COMMANDS_PER_REQUEST_MAX = 1_000;
export const PRICES_PER_REQUEST_MAX = 256;

const NOBODY: OpenedSignature['signer'] = '0x0000000000000000000000000000000000000000';
const COMMAND_FIELDS: readonly (keyof UnsignedCommand)[] = [
  'account',
  'nonce',
  'expiresMs',
  'actions',
];
const SIGNATURE = /^0x[0-9a-f]{130}$/;

interface JsonObject {
  readonly [name: string]: unknown;
}

/**
 * One signed command, or `{ commands: [...] }`. Of one, what the node refuses is the problem of
 * the whole request; of several, each has its receipt or its problem, in order. Spec: api 9.2.
 */
export async function submitCommands(
  ingress: Ingress,
  body: unknown,
): Promise<RouteResponse<'submitCommand'>> {
  const sent = objectAt(body, '');
  if (!('commands' in sent)) return { receipts: [await ingress.submit(readCommand(sent, ''))] };
  refuseOthers(sent, ['commands'], '');
  const list = listAt(sent.commands, '/commands', COMMANDS_PER_REQUEST_MAX);
  const answers = list.map((each, i) => submitOne(ingress, each, `/commands/${i}`));
  return { receipts: await Promise.all(answers) };
}

/** Begins at once, so that the commands of a list are queued in its order. */
async function submitOne(
  ingress: Ingress,
  sent: unknown,
  pointer: string,
): Promise<Receipt | Problem> {
  try {
    return await ingress.submit(readCommand(objectAt(sent, pointer), pointer));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return problemOf(error).problem;
  }
}

/** Prices under one signature of their publisher. */
export async function submitPrices(
  ingress: Ingress,
  body: unknown,
): Promise<RouteResponse<'submitPrices'>> {
  const sent = objectAt(body, '');
  refuseOthers(sent, ['prices', 'signature'], '');
  const prices = listAt(sent.prices, '/prices', PRICES_PER_REQUEST_MAX).map(readPrice);
  return { receipt: await ingress.publish(prices, readSignature(sent.signature, '')) };
}

/** What a wallet is asked to sign for a command; numbers of more than 48 bits as decimal text. */
export function typedDataOf(network: Network, body: unknown): RouteResponse<'typedData'> {
  const command = decoded(objectAt(body, ''), '');
  const target = typedDataTarget(network);
  const data = typedData(command, target);
  // Wallets that are asked by JSON-RPC want the domain among the types.
  const types = { EIP712Domain: domainFields(data.domain), ...data.types };
  const json = JSON.stringify({ ...data, types }, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return {
    typedData: JSON.parse(json) as JsonValue,
    digest: hexOf(commandDigest(command, target)),
  };
}

const DOMAIN_TYPES = {
  name: 'string',
  version: 'string',
  chainId: 'uint256',
  verifyingContract: 'address',
  salt: 'bytes32',
} as const;

function domainFields(domain: object): { name: string; type: string }[] {
  return Object.entries(DOMAIN_TYPES)
    .filter(([name]) => name in domain)
    .map(([name, type]) => ({ name, type }));
}

function readCommand(sent: JsonObject, pointer: string): ArrivedCommand {
  const { signature, ...command } = sent;
  const opened = decoded(command, pointer);
  return {
    body: encodeCommandBody(opened),
    signature: readSignature(signature, pointer),
    // Who counts bytes uses the stream; who asks here wants to see.
    withEvents: true,
  };
}

/** The signer is found, not said; the reader of whole commands wants one. */
function decoded(command: JsonObject, pointer: string): OpenedCommand {
  refuseNamed(command, 'signer', pointer);
  refuseOthers(command, COMMAND_FIELDS, pointer);
  const read = decodeJsonCommand({ ...command, signer: NOBODY });
  if (isJsonProblem(read)) throw refusal(read, pointer);
  return read;
}

function readPrice(sent: unknown, index: number): UnsignedObservation {
  const pointer = `/prices/${index}`;
  const price = objectAt(sent, pointer);
  refuseNamed(price, 'publisher', pointer);
  const read = decodeJsonObservation({ ...price, publisher: NOBODY });
  if (isJsonProblem(read)) throw refusal(read, pointer);
  const { publisher: _, ...unsigned } = read;
  return unsigned;
}

function refusal({ path, message }: JsonProblem, pointer: string): ProblemError {
  return malformed(`${pointer}${pointerOf(path)}`, message);
}

function readSignature(sent: unknown, pointer: string): Uint8Array {
  if (sent === undefined) throw malformed(`${pointer}/signature`, 'is missing');
  if (typeof sent !== 'string' || !SIGNATURE.test(sent)) {
    throw malformed(`${pointer}/signature`, 'is not 65 bytes as 0x and lower-case hex');
  }
  return new Uint8Array(Buffer.from(sent.slice(2), 'hex'));
}

function objectAt(value: unknown, pointer: string): JsonObject {
  if (value === undefined) throw malformed(pointer, 'is missing');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw malformed(pointer, 'is not an object');
}

function listAt(value: unknown, pointer: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(pointer, 'is not a list');
  if (value.length >= 1 && value.length <= most) return value;
  throw malformed(pointer, `is not a list of 1 to ${most}`);
}

function refuseOthers(sent: JsonObject, names: readonly string[], pointer: string): void {
  const other = Object.keys(sent).find((name) => !names.includes(name));
  if (other === undefined) return;
  const message = `is not a field here; the fields are ${names.join(', ')}`;
  throw malformed(`${pointer}/${pointerToken(other)}`, message);
}

function refuseNamed(sent: JsonObject, name: string, pointer: string): void {
  if (name in sent) {
    throw malformed(`${pointer}/${name}`, 'is not sent: it follows from the signature');
  }
}
