// What every field of an event and every figure of a refusal is in. Keeps true: an event without a
// unit for each field does not compile, nor does a refusal with a figure that has none. Start at
// unit.ts.
export { type EventUnits, eventUnits } from './eventUnits.ts';
export {
  type FiguresOf,
  type FigureValue,
  type RejectionFigures,
  rejectionFigures,
} from './rejectionFigures.ts';
export type { Unit } from './unit.ts';
