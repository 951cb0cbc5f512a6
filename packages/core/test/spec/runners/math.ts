import {
  amountDown,
  amountUp,
  divDown,
  divUp,
  divZero,
  exactNotional,
  exp,
  ln,
  notionalDouble,
  toDouble,
} from '../../../src/math/index.ts';
import type { FigureRunner } from '../figure.ts';

export const mathRunners: Readonly<Record<string, FigureRunner>> = {
  divide: (input: { a: string; b: string; d: string }) => {
    const product = BigInt(input.a) * BigInt(input.b);
    const d = BigInt(input.d);
    return { down: divDown(product, d), up: divUp(product, d), zero: divZero(product, d) };
  },
  crossings: (input: { amount: string; double: number }) => ({
    toDouble: toDouble(BigInt(input.amount)),
    down: amountDown(input.double),
    up: amountUp(input.double),
  }),
  notional: (input: { lots: number; price: number; v: number }) => ({
    exact: exactNotional(input.lots, input.price, input.v),
    double: notionalDouble(input.lots, input.price, input.v),
  }),
  transcendental: (input: { x: number }) => ({ exp: exp(input.x), ln: ln(input.x) }),
};
