import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeAction,
  decodeBlock,
  decodeCommand,
  decodeCommandBody,
  decodeEvent,
  decodeEvents,
  decodeObservation,
  decodeResults,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeCommandBody,
  encodeEvent,
  encodeEvents,
  encodeObservation,
  encodeResults,
  isMalformed,
} from '../../src/schema/index.ts';
import { anyAction, anyBlock, anyCommand, anyEvent, anyObservation } from '../generators.ts';

/** A document kind: how to make bytes of it, and its two ways. */
interface Codec {
  readonly bytes: fc.Arbitrary<Uint8Array>;
  readonly decode: (bytes: Uint8Array) => object;
  readonly encode: (value: never) => Uint8Array;
}

const codecs: Readonly<Record<string, Codec>> = {
  action: {
    bytes: anyAction().map((a) => encodeAction(a)),
    decode: decodeAction,
    encode: encodeAction,
  },
  commandBody: {
    bytes: anyCommand().map((c) => encodeCommandBody(c)),
    decode: decodeCommandBody,
    encode: encodeCommandBody,
  },
  command: {
    bytes: anyCommand().map((c) => encodeCommand(c)),
    decode: decodeCommand,
    encode: encodeCommand,
  },
  observation: {
    bytes: anyObservation().map((o) => encodeObservation(o)),
    decode: decodeObservation,
    encode: encodeObservation,
  },
  event: { bytes: anyEvent().map((e) => encodeEvent(e)), decode: decodeEvent, encode: encodeEvent },
  events: {
    bytes: fc.array(anyEvent()).map((e) => encodeEvents(e)),
    decode: decodeEvents,
    encode: encodeEvents,
  },
  results: {
    bytes: fc
      .array(fc.record({ code: fc.nat(), actions: fc.array(fc.nat(), { maxLength: 32 }) }))
      .map((r) => encodeResults(r)),
    decode: decodeResults,
    encode: encodeResults,
  },
  block: { bytes: anyBlock().map((b) => encodeBlock(b)), decode: decodeBlock, encode: encodeBlock },
};

/** Refused, or exactly what the encoder writes. */
function isRefusedOrCanonical(codec: Codec, bytes: Uint8Array): 'refused' | 'canonical' {
  const decoded = codec.decode(bytes);
  if (isMalformed(decoded)) {
    expect(decoded.malformed).not.toBe('');
    expect(decoded.offset).toBeGreaterThanOrEqual(0);
    expect(decoded.offset).toBeLessThanOrEqual(bytes.length);
    return 'refused';
  }
  expect(codec.encode(decoded as never)).toEqual(bytes);
  return 'canonical';
}

for (const [name, codec] of Object.entries(codecs)) {
  test(`${name}: every truncation and every extension is refused`, () => {
    fc.assert(
      fc.property(codec.bytes, fc.uint8Array({ minLength: 1, maxLength: 3 }), (bytes, more) => {
        const step = Math.max(1, Math.floor(bytes.length / 64));
        for (let length = 0; length < bytes.length; length += step) {
          expect(isRefusedOrCanonical(codec, bytes.subarray(0, length))).toBe('refused');
        }
        const extended = new Uint8Array([...bytes, ...more]);
        expect(isRefusedOrCanonical(codec, extended)).toBe('refused');
      }),
      { numRuns: 30 },
    );
  });

  test(`${name}: changed bytes are refused, or are another value in its one form`, () => {
    const seen = { refused: 0, canonical: 0 };
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(
        codec.bytes,
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (bytes, changes) => {
          const changed = bytes.slice();
          for (const [at, mask] of changes) changed[at % changed.length]! ^= mask;
          seen[isRefusedOrCanonical(codec, changed)]++;
        },
      ),
      { numRuns: 400 },
    );
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.canonical).toBeGreaterThan(0);
  });

  test(`${name}: random bytes under a right head never throw`, () => {
    fc.assert(
      fc.property(codec.bytes, fc.uint8Array({ maxLength: 200 }), (bytes, tail) => {
        isRefusedOrCanonical(codec, tail);
        isRefusedOrCanonical(codec, new Uint8Array([...bytes.subarray(0, 3), ...tail]));
      }),
      { numRuns: 200 },
    );
  });
}

test('no document passes for another kind of document', () => {
  const names = Object.keys(codecs);
  for (const [name, codec] of Object.entries(codecs)) {
    fc.assert(
      fc.property(codec.bytes, (bytes) => {
        for (const other of names.filter((each) => each !== name)) {
          expect(isMalformed((codecs[other] as Codec).decode(bytes))).toBe(true);
        }
      }),
      { numRuns: 10 },
    );
  }
});
