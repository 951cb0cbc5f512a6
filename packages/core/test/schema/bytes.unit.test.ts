import { expect, test } from 'vitest';
import {
  type Action,
  decodeAction,
  decodeBlock,
  decodeEvent,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeEvent,
  isMalformed,
} from '../../src/schema/index.ts';

const cancel = { kind: 'cancelOrder', order: 258, clientId: 0 } as const;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function refusalOf(text: string): string {
  const decoded = decodeAction(new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex')));
  if (!isMalformed(decoded)) throw new Error('it was accepted');
  return `${decoded.malformed} at ${decoded.offset}`;
}

test('an action is version, document, kind and its fields, low byte first', () => {
  expect(hex(encodeAction(cancel))).toBe('01010d02010000000000000000000000000000');
});

test('an address is its 20 bytes in order, and a text is its length and its characters', () => {
  const action = {
    kind: 'revokeAgent',
    agent: '0x00112233445566778899aabbccddeeff01234567',
  } as const;
  expect(hex(encodeAction(action))).toBe('01010a00112233445566778899aabbccddeeff01234567');
  const event = { kind: 'assetListed', asset: 1, name: 'USD' } as const;
  expect(hex(encodeEvent(event))).toBe('0106240100000003555344');
});

test('each way to leave the canonical form has its sentence and its byte', () => {
  expect(refusalOf('')).toBe('it ends too early at 0');
  expect(refusalOf('02 01 0d')).toBe('unknown version of the encoding at 0');
  expect(refusalOf('01 02 0d')).toBe('another kind of document at 1');
  expect(refusalOf('01 01 00')).toBe('unknown kind at 2');
  expect(refusalOf('01 01 ff')).toBe('unknown kind at 2');
  expect(refusalOf('01 01 0d 00 00')).toBe('it ends too early at 3');
  expect(refusalOf('01 01 1a 00')).toBe('bytes after the end at 3');
  expect(refusalOf(`01 01 0d ${'00'.repeat(6)}20 00${'00'.repeat(8)}`)).toBe(
    'a number of 2^53 or more at 3',
  );
  expect(refusalOf(`01 01 03 ${'00'.repeat(8)} 02`)).toBe('an unknown choice at 11');
  expect(refusalOf(`01 01 05 01000000 ${'00'.repeat(7)} 80`)).toBe(
    'an amount of 2^63 or more at 7',
  );
  expect(refusalOf('01 01 11 00 00')).toBe('a text that is empty or too long at 3');
  expect(refusalOf('01 01 11 11 00')).toBe('a text that is empty or too long at 3');
  expect(refusalOf('01 01 11 01 0a 00')).toBe('a text that is not printable ASCII at 4');
  expect(refusalOf('01 01 11 01 41 41')).toBe('a list that is too long at 5');
  const order = hex(
    encodeAction({
      kind: 'placeOrder',
      instrument: 1,
      side: 'buy',
      size: 1,
      price: 1,
      timeInForce: 'goodTillCancelled',
      isPostOnly: false,
      isReduceOnly: false,
      selfTrade: 'cancelResting',
      clientId: 0,
    }),
  );
  const bool = `${order.slice(0, 34)}02${order.slice(36)}`;
  expect(refusalOf(bool)).toBe('a bool that is neither 0 nor 1 at 17');
});

test('doubles that are not finite, and minus zero, are refused', () => {
  const event = {
    kind: 'fundingRateSet',
    instrument: 1,
    rateNanoPerHour: 1,
    premiumNano: 0,
    samples: 0,
  };
  const bytes = encodeEvent(event as never);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -0]) {
    view.setFloat64(7, value, true);
    expect(decodeEvent(bytes)).toEqual({
      malformed: 'a double that is not finite, or minus zero',
      offset: 7,
    });
  }
});

test('a block that claims more entries than it has bytes is refused before they are read', () => {
  const block = { height: 1, timeMs: 2, version: 3, observations: [], commands: [] };
  const bytes = encodeBlock(block);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(22, 0xffffffff, true);
  expect(decodeBlock(bytes)).toEqual({ malformed: 'a list ends before its entries', offset: 22 });
});

test('an encoder given what no decoder gives says that it is our error', () => {
  const wrong = (change: object): (() => Uint8Array) => {
    return () => encodeAction({ ...cancel, ...change } as Action);
  };
  expect(wrong({ order: -1 })).toThrow('in the canonical form (field order, value -1)');
  expect(wrong({ order: 2 ** 53 })).toThrow('in the canonical form');
  expect(wrong({ order: '1' })).toThrow('in the canonical form');
  expect(wrong({ kind: 'toString' })).toThrow('has a kind of its table (kind toString)');
  const signer = `0x${'00'.repeat(20)}` as const;
  const actions = Array.from({ length: 256 }, () => cancel);
  expect(() => encodeCommand({ signer, account: 1, nonce: 1, expiresMs: 1, actions })).toThrow(
    'at most 255 actions',
  );
});
