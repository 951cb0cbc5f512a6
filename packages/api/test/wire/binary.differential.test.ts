import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeSubmitFrame,
  encodeSubmitFrame,
  MalformedFrameError,
  submitFrameId,
} from '../../src/wire/index.ts';

const command = fc.record({
  signature: fc.uint8Array({ minLength: 65, maxLength: 65 }),
  body: fc.uint8Array({ maxLength: 300 }),
});
const frames = fc.record({
  id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  withEvents: fc.boolean(),
  commands: fc.array(command, { maxLength: 20 }),
});

test('a frame is read as it was written, wherever its bytes lie', () => {
  fc.assert(
    fc.property(frames, fc.nat(16), (frame, before) => {
      const bytes = encodeSubmitFrame(frame);
      const somewhere = new Uint8Array(before + bytes.length + 3);
      somewhere.set(bytes, before);
      const view = somewhere.subarray(before, before + bytes.length);
      expect(decodeSubmitFrame(view)).toEqual(frame);
      expect(submitFrameId(view)).toBe(frame.id);
    }),
  );
});

test('a frame that is cut, prolonged or of another kind is refused with its place', () => {
  fc.assert(
    fc.property(frames, fc.nat(10_000), (frame, cut) => {
      const bytes = encodeSubmitFrame(frame);
      expect(() => decodeSubmitFrame(bytes.subarray(0, cut % bytes.length))).toThrow(
        MalformedFrameError,
      );
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      expect(() => decodeSubmitFrame(longer)).toThrow('more behind the last command');
      const other = bytes.slice();
      other[0] = 9;
      expect(() => decodeSubmitFrame(other)).toThrow('its kind is not 1 or 2');
    }),
  );
});

test('any bytes are read or refused, and never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        decodeSubmitFrame(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedFrameError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a signature has 65 bytes', () => {
  const commands = [{ signature: new Uint8Array(64), body: new Uint8Array(3) }];
  expect(() => encodeSubmitFrame({ id: 1, withEvents: false, commands })).toThrow('65 bytes');
});
