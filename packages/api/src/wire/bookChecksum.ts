import type { Level } from './updates.ts';

/** How many levels of a side a checksum is over. */
export const CHECKSUM_LEVELS = 10;

const POLYNOMIAL = 0xedb88320;
const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32 (ISO-HDLC, as in zip) of ASCII text, unsigned. */
export function crc32(text: string): number {
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    value = (value >>> 8) ^ (table[(value ^ text.charCodeAt(i)) & 255] as number);
  }
  return ~value >>> 0;
}

/**
 * The checksum of a book: CRC-32 of `price:size` of the ten best bids and then of the ten best
 * asks, joined by commas, the sides by a bar, with the decimals as they were sent. Best first.
 * Spec: stream 6.
 */
export function bookChecksum(bids: readonly Level[], asks: readonly Level[]): number {
  return crc32(`${sideText(bids)}|${sideText(asks)}`);
}

function sideText(levels: readonly Level[]): string {
  let text = '';
  const count = Math.min(levels.length, CHECKSUM_LEVELS);
  for (let i = 0; i < count; i++) {
    const [price, size] = levels[i] as Level;
    text += i === 0 ? `${price}:${size}` : `,${price}:${size}`;
  }
  return text;
}
