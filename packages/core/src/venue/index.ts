// Where orders meet, and the mark price that comes of it. Keeps true: a book is sorted and never
// crossed, what a position reserves is the sum of its open orders, every fill lies in the fill
// band, a maker that cannot pay loses the order and not the taker; the mark stays inside a band
// around the index, and no book alone moves the price that liquidates. Start at placeOrder.ts, then
// match.ts and book.ts; markPrice.ts for prices.

export {
  bestLevel,
  bestPrice,
  insertOrder,
  linkOrder,
  type NewOrder,
  opposite,
  reduceOrder,
  removeOrder,
} from './book.ts';
export { readSide, recordBookFigures, type SideFigures, type SideQuery } from './bookFigures.ts';
export {
  type CancelReason,
  type CancelScope,
  cancelAll,
  cancelOrder,
  cancelOrders,
} from './cancelOrder.ts';
export {
  type BookQuery,
  type Closed,
  type CloseOrder,
  closeOnBook,
  quoteOnBook,
} from './closeOnBook.ts';
export { bookErrors } from './invariants.ts';
export { findLevel, type LevelKey } from './levels.ts';
export {
  type MarkInputs,
  type MarkPrice,
  markPrice,
  secondPrice,
  stepBasis,
} from './markPrice.ts';
export { MATCH_STEPS_MAX, type SelfTrade } from './match.ts';
export { placeOrder } from './placeOrder.ts';
export { addReserve } from './reserve.ts';
export { bandHigh, bandLow, closableLots, openingRefusal, sizeOf } from './restriction.ts';
export { updateMarks } from './updateMarks.ts';
