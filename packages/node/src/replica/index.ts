// A second machine in a thread of its own that follows the stored blocks and serves every read.
// Keeps true: every outcome, chained hash and root is what the record says, or the node stops with
// a file that shows it; reads never wait for the writer. Start at replicaCore.ts, then
// createReplica.ts (the thread from outside) and startReplica.ts (inside).
export { type CreateReplicaOptions, createReplica, type ReplicaThread } from './createReplica.ts';
export { ReplicaFailedError } from './messages.ts';
export { ReplicaMismatchError } from './mismatch.ts';
export { type OpenReplicaOptions, openReplica } from './openReplica.ts';
export { type AnswerQuestion, ReplicaCore, type ReplicaCoreOptions } from './replicaCore.ts';
