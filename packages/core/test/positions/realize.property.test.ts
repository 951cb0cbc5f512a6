import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeLots, fillPosition, type OpenPosition } from '../../src/positions/index.ts';

const price = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const lots = fc.integer({ min: 1, max: 1_000_000 });
const v = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_000_000 }));
const side = fc.constantFrom(1, -1);
const flat: OpenPosition = { size: 0, entry: 0n };

describe('closing a position', () => {
  test('in any sequence of parts releases its entry to the last unit', () => {
    const parts = fc.array(fc.tuple(lots, fc.bigInt({ min: 0n, max: 10n ** 15n })), {
      minLength: 1,
      maxLength: 12,
    });
    const entry = fc.bigInt({ min: 0n, max: 2n ** 62n });
    fc.assert(
      fc.property(parts, entry, side, (closes, magnitude, sign) => {
        let size = sign * closes.reduce((sum, [c]) => sum + c, 0);
        let held = BigInt(sign) * magnitude;
        let realized = 0n;
        let quotes = 0n;
        for (const [c, quote] of closes) {
          const outcome = closeLots({ size, entry: held }, { lots: c, quote });
          realized += outcome.realized;
          quotes += BigInt(sign) * quote;
          held = outcome.entry;
          size -= sign * c;
        }
        expect(held).toBe(0n);
        // What was sold for, less what was bought for.
        expect(realized).toBe(quotes - BigInt(sign) * magnitude);
      }),
      { numRuns: 500 },
    );
  });

  test('never realizes more now than the exact share', () => {
    const entry = fc.bigInt({ min: 0n, max: 2n ** 62n });
    fc.assert(
      fc.property(entry, lots, lots, side, (magnitude, a, b, sign) => {
        const [c, held] = [Math.min(a, b), Math.max(a, b)];
        const position = { size: sign * held, entry: BigInt(sign) * magnitude };
        const { realized } = closeLots(position, { lots: c, quote: 0n });
        // realized ≤ −sign·|entry|·c/|q|, less than one unit under it.
        const exact = -BigInt(sign) * magnitude * BigInt(c);
        const scaled = realized * BigInt(held);
        expect(scaled <= exact && scaled > exact - BigInt(held)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('of more lots than are held, or of none, is an error of ours', () => {
    const close = (size: number, c: number) => () =>
      closeLots({ size, entry: 100n }, { lots: c, quote: 1n });
    for (const attempt of [close(3, 4), close(3, 0), close(0, 1), close(-3, 4)]) {
      expect(attempt).toThrow('a close is of lots that are held');
    }
  });
});

describe('fills', () => {
  const trade = fc.record({
    buyer: fc.integer({ min: 0, max: 4 }),
    seller: fc.integer({ min: 0, max: 4 }),
    lots,
    price,
  });

  test('of a market keep Σ size = 0 and Σ entry = Σ realized after every one', () => {
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), v, (trades, multiplier) => {
        const book = Array.from({ length: 5 }, () => ({ ...flat, realized: 0n }));
        for (const { buyer, seller, lots: filled, price: at } of trades) {
          for (const [who, signed] of [
            [buyer, filled],
            [seller, -filled],
          ] as const) {
            const before = book[who]!;
            const after = fillPosition(before, { lots: signed, price: at, v: multiplier });
            expect(after.closedLots + after.openedLots).toBe(filled);
            book[who] = { ...after, realized: before.realized + after.realized };
          }
          expect(book.reduce((sum, position) => sum + position.size, 0)).toBe(0);
          const entries = book.reduce((sum, position) => sum + position.entry, 0n);
          expect(entries).toBe(book.reduce((sum, position) => sum + position.realized, 0n));
          for (const { size, entry } of book) {
            if (size === 0) expect(entry).toBe(0n);
            else expect(entry * BigInt(Math.sign(size)) >= 0n).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('at one price realize nothing', () => {
    fc.assert(
      fc.property(price, fc.array(fc.tuple(side, lots), { maxLength: 20 }), v, (at, legs, m) => {
        let position = flat;
        for (const [sign, filled] of legs) {
          const after = fillPosition(position, { lots: sign * filled, price: at, v: m });
          expect(after.realized).toBe(0n);
          position = after;
        }
      }),
    );
  });

  test('that flip a position close all of it and open the rest', () => {
    const long = { size: 3, entry: 100n };
    expect(fillPosition(long, { lots: -5, price: 50, v: 1 })).toEqual({
      size: -2,
      entry: -100n,
      realized: 50n,
      closedLots: 3,
      openedLots: 2,
    });
  });
});
