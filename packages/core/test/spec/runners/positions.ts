import {
  averagePremium,
  type FundingRule,
  fillPosition,
  fundingCost,
  fundingIndexDelta,
  fundingRate,
  gainOf,
  lockedGainAfter,
  lockRealized,
  type OpenPosition,
  premiumSample,
} from '../../../src/positions/index.ts';
import type { FigureRunner } from '../figure.ts';

const flat: OpenPosition & { realized: bigint } = { size: 0, entry: 0n, realized: 0n };

export const positionsRunners: Readonly<Record<string, FigureRunner>> = {
  fills: (input: {
    v: number;
    trades: { buyer: string; seller: string; lots: number; price: number }[];
  }) => {
    const book: Record<string, typeof flat> = {};
    const apply = (name: string, lots: number, price: number) => {
      const before = book[name] ?? flat;
      const { size, entry, realized } = fillPosition(before, { lots, price, v: input.v });
      book[name] = { size, entry, realized: before.realized + realized };
    };
    for (const { buyer, seller, lots, price } of input.trades) {
      apply(buyer, lots, price);
      apply(seller, -lots, price);
    }
    const all = Object.values(book);
    const entryTotal = all.reduce((sum, position) => sum + position.entry, 0n);
    const realizedTotal = all.reduce((sum, position) => sum + position.realized, 0n);
    return { positions: book, entryTotal, realizedTotal };
  },
  lockedGain: (input: {
    windowMs: number;
    realizations: { elapsedMs: number; realized: string }[];
    readAfterMs: number[];
    unrealized: string;
  }) => {
    const { windowMs } = input;
    let locked = 0n;
    for (const { elapsedMs, realized } of input.realizations) {
      locked = lockRealized(lockedGainAfter(locked, { elapsedMs, windowMs }), BigInt(realized));
    }
    return {
      locked,
      left: input.readAfterMs.map((elapsedMs) => lockedGainAfter(locked, { elapsedMs, windowMs })),
      gain: gainOf(BigInt(input.unrealized), locked),
    };
  },
  premiumSample: (input: { index: number; bid: number; ask: number }) =>
    premiumSample(input.index, input),
  averagePremium: (input: { sum: number; count: number; expected: number }) =>
    averagePremium(input) ?? null,
  fundingRate: (input: { average: number; rule: FundingRule }) =>
    fundingRate(input.average, input.rule),
  fundingIndexDelta: (input: { rateNano: number; okMs: number; index: number }) =>
    fundingIndexDelta(input),
  fundingCosts: (input: { indexDelta: string; v: number; sizes: number[] }) => {
    const costs = input.sizes.map((size) =>
      fundingCost({ size, v: input.v }, BigInt(input.indexDelta)),
    );
    return { costs, dust: costs.reduce((sum, cost) => sum + cost, 0n) };
  },
};
