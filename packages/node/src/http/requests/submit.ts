import { type Network, typedDataTarget } from '@plimsoll/api';
import type { RouteResponse } from '@plimsoll/api/routes';
import { commandDigest } from '@plimsoll/api/signing';
import { type Problem, ProblemError, type Receipt } from '@plimsoll/api/wire';
import { type JsonValue, typedData } from '@plimsoll/core/schema';
import type { Ingress } from '../../parts.ts';
import { hexOf } from '../../receipts.ts';
import {
  listAt,
  objectAt,
  readCommand,
  readPrice,
  readSignature,
  readUnsigned,
  refuseOthers,
} from './readSigned.ts';

/** Most commands of one request, and most prices under one signature. */
export const COMMANDS_PER_REQUEST_MAX = 1_000;
export const PRICES_PER_REQUEST_MAX = 256;

/**
 * One signed command, or `{ commands: [...] }`. Of one, what the node refuses is the problem of
 * the whole request; of several, each has its receipt or its problem, in order. Spec: api 9.2.
 */
export async function submitCommands(
  ingress: Ingress,
  body: unknown,
  source: string,
): Promise<RouteResponse<'submitCommand'>> {
  const sent = objectAt(body, '');
  // With events: who counts bytes uses the stream; who asks here wants to see.
  const submit = (pointer: string, command: unknown): Promise<Receipt> =>
    ingress.submit({ ...readCommand(command, pointer, true), source });
  if (!('commands' in sent)) return { receipts: [await submit('', sent)] };
  refuseOthers(sent, ['commands'], '');
  const list = listAt(sent.commands, '/commands', COMMANDS_PER_REQUEST_MAX);
  const answers = list.map((each, i) => receiptOrProblem(() => submit(`/commands/${i}`, each)));
  return { receipts: await Promise.all(answers) };
}

/** Begins at once, so that the commands of a list are queued in its order. */
async function receiptOrProblem(submit: () => Promise<Receipt>): Promise<Receipt | Problem> {
  try {
    return await submit();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problem;
  }
}

/** Prices under one signature of their publisher. */
export async function submitPrices(
  ingress: Ingress,
  body: unknown,
  source: string,
): Promise<RouteResponse<'submitPrices'>> {
  const sent = objectAt(body, '');
  refuseOthers(sent, ['prices', 'signature'], '');
  const prices = listAt(sent.prices, '/prices', PRICES_PER_REQUEST_MAX).map((each, i) =>
    readPrice(each, `/prices/${i}`),
  );
  return { receipt: await ingress.publish(prices, readSignature(sent.signature, ''), source) };
}

/** What a wallet is asked to sign for a command; numbers of more than 48 bits as decimal text. */
export function typedDataOf(network: Network, body: unknown): RouteResponse<'typedData'> {
  const command = readUnsigned(body, '');
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
