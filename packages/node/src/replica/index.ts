// A second machine in a thread of its own that follows the stored blocks and serves every read.
// Keeps true: every outcome, chained hash and root is what the record says, or the node stops with
// a file that shows it; reads never wait for the writer. Start at replicaCore.ts, then
// createReplica.ts (the thread from outside) and startReplica.ts (inside). historyRebuild.ts builds
// a lost history beside it.
export { createReplica, type ReplicaThread } from './createReplica.ts';
export type { HistoryProgress } from './historyRebuild.ts';
export { logProgress } from './logProgress.ts';
export { ReplicaMismatchError } from './mismatch.ts';
export { type OpenReplicaOptions, openReplica } from './openReplica.ts';
export { ReplicaCore } from './replicaCore.ts';
