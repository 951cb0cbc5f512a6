import { PlimsollError } from '@plimsoll/core/math';

/** A cursor that no page has given, or one of another order. */
export class InvalidCursorError extends PlimsollError {}

/** Heights and places in a block are of 32 bits. */
const U32_MAX = 4_294_967_295;

/** Where an event stands: by height, then by its place in the block. */
export interface EventPlace {
  readonly height: number;
  readonly index: number;
}

/** The place as an opaque string; the page goes on behind it. */
export function encodeCursor(place: EventPlace, order: 'newestFirst' | 'oldestFirst'): string {
  const text = `${order === 'newestFirst' ? 'n' : 'o'}${place.height}.${place.index}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws InvalidCursorError */
export function decodeCursor(cursor: string, order: 'newestFirst' | 'oldestFirst'): EventPlace {
  const text = Buffer.from(cursor, 'base64url').toString();
  const match = /^([no])(\d{1,10})\.(\d{1,10})$/.exec(text);
  // One way to write a cursor: base64 lets much pass.
  const isCanonical = Buffer.from(text).toString('base64url') === cursor;
  if (match === null || !isCanonical) invalid('is not one that a page gave', cursor);
  const place = { height: Number(match[2]), index: Number(match[3]) };
  if (place.height > U32_MAX || place.index > U32_MAX)
    invalid('is not one that a page gave', cursor);
  if ((match[1] === 'n') !== (order === 'newestFirst')) invalid('is of the other order', cursor);
  return place;
}

function invalid(problem: string, cursor: string): never {
  throw new InvalidCursorError({
    code: 'CURSOR_INVALID',
    message: `the cursor ${problem}; take \`next\` of the page before, or leave it out`,
    facts: { cursor: cursor.slice(0, 64) },
  });
}
