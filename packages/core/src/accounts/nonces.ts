import type { F64Column, U32Column } from '../store/index.ts';

// A sliding window of nonces per key: the highest one used, and which of the 64 up to it are used.
// Bit k of nonceBits (low word first) stands for nonceHigh − k. Spec: accounts 3.

/** How many nonces up to the highest one are remembered. */
export const NONCE_WINDOW = 64;
/** How far a nonce may lie above both the highest one used and the block time: a day in ms. */
export const NONCE_AHEAD_MAX = 86_400_000;

/** The columns of a key's window. */
export interface NonceColumns {
  readonly nonceHigh: F64Column;
  readonly nonceBits: U32Column;
}

/** Whether the nonce may still be used: above the highest one, or in the window and unused. */
export function isNonceFree(columns: NonceColumns, row: number, nonce: number): boolean {
  const high = columns.nonceHigh.get(row);
  if (nonce > high) return true;
  const age = high - nonce;
  if (!(age < NONCE_WINDOW)) return false;
  const word = columns.nonceBits.get(row * 2 + (age >>> 5));
  return ((word >>> (age & 31)) & 1) === 0;
}

/** Marks a free nonce as used. */
export function markNonce(columns: NonceColumns, row: number, nonce: number): void {
  const { nonceHigh, nonceBits } = columns;
  const high = nonceHigh.get(row);
  const lowCell = row * 2;
  if (nonce <= high) {
    const age = high - nonce;
    const cell = lowCell + (age >>> 5);
    nonceBits.set(cell, (nonceBits.get(cell) | (1 << (age & 31))) >>> 0);
    return;
  }
  const shift = nonce - high;
  const low = nonceBits.get(lowCell);
  nonceHigh.set(row, nonce);
  if (shift >= NONCE_WINDOW) {
    nonceBits.set(lowCell + 1, 0);
    nonceBits.set(lowCell, 1);
  } else if (shift >= 32) {
    nonceBits.set(lowCell + 1, (low << (shift - 32)) >>> 0);
    nonceBits.set(lowCell, 1);
  } else {
    nonceBits.set(
      lowCell + 1,
      ((nonceBits.get(lowCell + 1) << shift) | (low >>> (32 - shift))) >>> 0,
    );
    nonceBits.set(lowCell, ((low << shift) | 1) >>> 0);
  }
}

/** Starts a window at `high` with every nonce up to it used. */
export function startNonces(columns: NonceColumns, row: number, high: number): void {
  columns.nonceHigh.set(row, high);
  columns.nonceBits.set(row * 2, 0xffffffff);
  columns.nonceBits.set(row * 2 + 1, 0xffffffff);
}
