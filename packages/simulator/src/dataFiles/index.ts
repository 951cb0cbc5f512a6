// Where real market data lies and how its files are read. Nothing here repairs data: a row that is
// out of bounds is dropped and counted, a missing file is a MissingDataError that a run turns into
// SKIPPED (or an error under PLIMSOLL_DATA=required). Start at dataFolder.ts.
export {
  ACCOUNT_MIX_DEFAULTS,
  type AccountMix,
  type AccountMixOptions,
  type MixRow,
  readAccountMix,
} from './accountMix.ts';
export {
  type DataEnvironment,
  type DataFolder,
  findDataFolder,
  resolveDataFile,
} from './dataFolder.ts';
export { columnOf, numberAt, readTable, type Table } from './table.ts';
