// The node's store: blocks in LMDB, one value each, and snapshots beside them. Keeps true: what was
// acknowledged is on disk, heights have no gap, and nothing is read that is not as it was written.
// Start at openStore.ts (what is refused), then blockStore.ts (what is durable when) and recover.ts
// (how a machine comes back). record.ts is the bytes of a block. Spec: nodeStore.
export { backupStore, type CopyReport, restoreStore } from './backup.ts';
export {
  DamagedStoreError,
  DirectoryNotEmptyError,
  MissingBlocksError,
  NetworkMismatchError,
  RecoveryMismatchError,
  StoreLockedError,
  StoreMissingError,
  StoreUnwritableError,
  StoreVersionError,
  StoreWriteError,
} from './errors.ts';
export {
  createInspector,
  type Inspector,
  type InspectorOptions,
  UnknownPlaceError,
  type VerifyOptions,
  type VerifyProblem,
  type VerifyReport,
  verifyStore,
} from './inspection/index.ts';
export { type OpenStoreOptions, openStore } from './openStore.ts';
export { readRecord } from './readRecord.ts';
export {
  type BlockRecord,
  DamagedRecordError,
  decodeRecord,
  encodeRecord,
  SIGNATURE_BYTES,
  type SignedObservations,
} from './record.ts';
export { type RecoverOptions, recover } from './recover.ts';
export { replayRecord } from './replayRecord.ts';
