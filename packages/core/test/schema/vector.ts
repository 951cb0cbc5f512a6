// What a vector of the encoding holds, and how each is made.
import { hashTypedData } from 'viem';
import {
  type Action,
  type Block,
  type Event,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeEvent,
  encodeJsonAction,
  encodeJsonBlock,
  encodeJsonCommand,
  encodeJsonEvent,
  encodeJsonObservation,
  encodeObservation,
  type JsonValue,
  type Observation,
  type OpenedCommand,
  typedData,
} from '../../src/schema/index.ts';

export interface EncodingVector {
  readonly name: string;
  readonly document: 'action' | 'command' | 'event' | 'observation' | 'block';
  readonly value: JsonValue;
  /** Hex. */
  readonly bytes: string;
  /** EIP-712 hash of a command for `vectorTarget`. */
  readonly typedDataHash?: string;
}

export const vectorTarget = { chainId: 1, salt: `0x${'5a'.repeat(32)}` } as const;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function typedDataHash(command: OpenedCommand): string {
  const { domain, types, primaryType, message } = typedData(command, vectorTarget);
  return hashTypedData({ domain, types, primaryType, message });
}

export function vectorOfAction(action: Action): EncodingVector {
  return {
    name: `action ${action.kind}`,
    document: 'action',
    value: encodeJsonAction(action),
    bytes: hex(encodeAction(action)),
  };
}

export function vectorOfCommand(command: OpenedCommand): EncodingVector {
  const { actions } = command;
  return {
    name: actions.length === 1 ? `command ${actions[0]?.kind}` : `command of ${actions.length}`,
    document: 'command',
    value: encodeJsonCommand(command),
    bytes: hex(encodeCommand(command)),
    typedDataHash: typedDataHash(command),
  };
}

export function vectorOfEvent(event: Event): EncodingVector {
  return {
    name: `event ${event.kind}`,
    document: 'event',
    value: encodeJsonEvent(event),
    bytes: hex(encodeEvent(event)),
  };
}

export function vectorOfObservation(observation: Observation): EncodingVector {
  return {
    name: 'observation',
    document: 'observation',
    value: encodeJsonObservation(observation),
    bytes: hex(encodeObservation(observation)),
  };
}

export function vectorOfBlock(block: Block): EncodingVector {
  return {
    name: 'block',
    document: 'block',
    value: encodeJsonBlock(block),
    bytes: hex(encodeBlock(block)),
  };
}
