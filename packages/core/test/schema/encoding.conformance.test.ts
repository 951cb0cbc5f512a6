// The committed vectors: bytes and hashes that every later version has to give.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  commandSchema,
  decodeAction,
  decodeBlock,
  decodeCommand,
  decodeEvent,
  decodeJsonAction,
  decodeJsonBlock,
  decodeJsonCommand,
  decodeJsonEvent,
  decodeJsonObservation,
  decodeObservation,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeEvent,
  encodeObservation,
  eventSchema,
  isJsonProblem,
  type OpenedCommand,
} from '../../src/schema/index.ts';
import { type EncodingVector, typedDataHash } from './vector.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/encoding.json', import.meta.url), 'utf8'),
) as EncodingVector[];

const codecs = {
  action: { fromJson: decodeJsonAction, encode: encodeAction, decode: decodeAction },
  command: { fromJson: decodeJsonCommand, encode: encodeCommand, decode: decodeCommand },
  event: { fromJson: decodeJsonEvent, encode: encodeEvent, decode: decodeEvent },
  observation: {
    fromJson: decodeJsonObservation,
    encode: encodeObservation,
    decode: decodeObservation,
  },
  block: { fromJson: decodeJsonBlock, encode: encodeBlock, decode: decodeBlock },
} as const;

test('there is a vector for every command, alone and signed, and for every event', () => {
  const names = vectors.map((vector) => vector.name);
  expect(new Set(names).size).toBe(names.length);
  for (const kind of Object.keys(commandSchema)) {
    expect(names).toContain(`action ${kind}`);
    expect(names).toContain(`command ${kind}`);
  }
  for (const kind of Object.keys(eventSchema)) expect(names).toContain(`event ${kind}`);
  expect(names).toContain('observation');
  expect(names).toContain('block');
});

test.each(vectors)('$name has the bytes of its vector', (vector) => {
  const { fromJson, encode, decode } = codecs[vector.document];
  const value = fromJson(vector.value);
  if (isJsonProblem(value)) throw new Error(`${value.path} ${value.message}`);
  const bytes = encode(value as never);
  expect(Buffer.from(bytes).toString('hex')).toBe(vector.bytes);
  expect(decode(new Uint8Array(Buffer.from(vector.bytes, 'hex')))).toEqual(value);
});

const commands = vectors.filter((vector) => vector.document === 'command');

test.each(commands)('$name has the EIP-712 hash of its vector', (vector) => {
  expect(typedDataHash(decodeJsonCommand(vector.value) as OpenedCommand)).toBe(
    vector.typedDataHash,
  );
});
