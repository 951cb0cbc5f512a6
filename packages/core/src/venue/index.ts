// Where orders meet, and the mark price that comes of it. Keeps true: the mark stays inside a band
// around the index, and no book alone moves the price that liquidates. Start at markPrice.ts.

export {
  type MarkInputs,
  type MarkPrice,
  markPrice,
  secondPrice,
  stepBasis,
} from './markPrice.ts';
