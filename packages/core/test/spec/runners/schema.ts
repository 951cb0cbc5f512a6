// Runners of docs/spec/encoding.md: JSON in, bytes out, and back.
import { hashTypedData } from 'viem';
import {
  decodeAction,
  decodeBlock,
  decodeJsonAction,
  decodeJsonBlock,
  decodeJsonCommand,
  decodeJsonEvent,
  encodeAction,
  encodeBlock,
  encodeEvent,
  encodeJsonAction,
  isJsonProblem,
  isMalformed,
  typedData,
} from '../../../src/schema/index.ts';
import type { FigureRunner } from '../figure.ts';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function read<T extends object>(decoded: T): T {
  if (isJsonProblem(decoded)) throw new Error(`${decoded.path} ${decoded.message}`);
  return decoded;
}

export const schemaRunners: Readonly<Record<string, FigureRunner>> = {
  encodeAction: (input: unknown) => hex(encodeAction(read(decodeJsonAction(input)) as never)),
  encodeEvent: (input: unknown) => hex(encodeEvent(read(decodeJsonEvent(input)) as never)),
  encodeBlock: (input: unknown) => hex(encodeBlock(read(decodeJsonBlock(input)) as never)),
  decodeAction: (input: string) => {
    const decoded = decodeAction(bytesOf(input));
    return isMalformed(decoded) ? decoded : encodeJsonAction(decoded);
  },
  decodeBlock: (input: string) => decodeBlock(bytesOf(input)),
  typedDataHash: (input: { command: unknown; chainId: number }) => {
    const command = read(decodeJsonCommand(input.command)) as never;
    const { domain, types, primaryType, message } = typedData(command, { chainId: input.chainId });
    return { primaryType, hash: hashTypedData({ domain, types, primaryType, message }) };
  },
};
