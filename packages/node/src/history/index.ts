// The history index: what happened, found by account, instrument, time and digest. Rebuilt from the
// stored blocks at any time, so it may be lost but never be wrong: it answers what a replay of the
// blocks would tell. Start at historyReader.ts (what it answers).
export { InvalidCursorError } from './cursor.ts';
export { History } from './history.ts';
export {
  CANDLE_INTERVALS_MS,
  type Candle,
  type CandleInterval,
  type HistoryEvent,
  type HistoryPage,
  type HistoryReader,
  type PageRequest,
} from './historyReader.ts';
export type { HistoryBlock } from './pendingBatch.ts';
