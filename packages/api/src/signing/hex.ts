import { PlimsollError } from '@plimsoll/core/math';
import type { Hex } from '../network.ts';

/** A text that is not `0x` and an even number of hex digits. */
export class MalformedHexError extends PlimsollError {}

const DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);
const HEX = /^0x([0-9a-fA-F]{2})*$/;

export function hexOfBytes(bytes: Uint8Array): Hex {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte];
  return `0x${text}`;
}

/**
 * The text is not part of the error: it may be a key.
 *
 * @throws MalformedHexError
 */
export function bytesOfHex(text: string): Uint8Array {
  if (!HEX.test(text)) {
    throw new MalformedHexError({
      code: 'HEX_MALFORMED',
      message: 'a text must be 0x and an even number of hex digits',
      facts: { characters: text.length },
    });
  }
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i + 2, 2 * i + 4), 16);
  }
  return bytes;
}
