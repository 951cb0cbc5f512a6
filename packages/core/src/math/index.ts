// Arithmetic of the machine: exact integer division with its rounding named, the crossings between
// integers that pay and doubles that judge, and exp and ln with the same bits on every engine.
// Keeps true: no other folder divides bigints, converts between the two, or calls the engine's
// transcendental functions. Start at mulDiv.ts, then cross.ts.

export { approach } from './approach.ts';
export { assert, broken } from './assert.ts';
export { clamp } from './clamp.ts';
export {
  amountDown,
  amountOf,
  amountUp,
  exactNotional,
  integerOf,
  notionalDouble,
  readI64,
  toDouble,
} from './cross.ts';
export { type Facts, InvariantError, PlimsollError, type PlimsollErrorOptions } from './errors.ts';
export { exp } from './exp.ts';
export { ln } from './log.ts';
export {
  divDown,
  divUp,
  divZero,
  mulDivDown,
  mulDivDownNumber,
  mulDivUp,
  mulDivUpNumber,
  mulDivZero,
  mulDivZeroNumber,
} from './mulDiv.ts';
