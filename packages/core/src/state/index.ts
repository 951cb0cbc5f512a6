// Every table of the machine as columns of the store, and no rules: what a row is, where it lies,
// how to read it. Start at ../schema/tables.ts for what the tables mean, then state.ts.
export {
  accountExists,
  addressEquals,
  assetExists,
  assetParameter,
  findBalance,
  findPosition,
  globalParameter,
  instrumentExists,
  instrumentParameter,
  readAddress,
  timeMs,
  underlyingExists,
  underlyingParameter,
  writeAddress,
} from './access.ts';
export type { Caller } from './caller.ts';
export {
  createState,
  type Figures,
  refuse,
  rollbackTo,
  type Savepoint,
  type State,
  savepoint,
  type Tables,
} from './state.ts';
