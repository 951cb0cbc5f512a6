import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import { InvariantError, PlimsollError } from '@plimsoll/core/math';
import type { Answer, FeedMessage, Question, ReplicaStatus } from '../parts.ts';
import type { HistoryProgress } from './historyRebuild.ts';

// What the node's thread and the replica's thread say to each other. Everything is plain data.

/** What the replica's thread starts with. */
export interface ReplicaWorkerData {
  readonly directory: string;
  readonly snapshotEveryMs: number;
  readonly snapshotsKept: number;
  readonly checkpointEveryMs: number;
  readonly waitMs: number;
}

export type ToReplica =
  | { readonly kind: 'apply'; readonly height: number; readonly record: Uint8Array }
  /** Blocks up to this height are on disk: they were not sent, because too much was on its way. */
  | { readonly kind: 'head'; readonly height: number }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | {
      readonly kind: 'snapshotOf';
      readonly id: number;
      readonly channel: string;
      readonly key: string;
    }
  | {
      readonly kind: 'watch';
      readonly channel: string;
      readonly key: string;
      readonly isWatched: boolean;
    }
  /** Answered when the checkpoint of the present state is built. */
  | { readonly kind: 'checkpoint'; readonly id: number }
  | { readonly kind: 'close' };

/** Status with what only the node's metrics read. */
export interface ReplicaReport extends ReplicaStatus {
  /** Blocks that the history on disk does not have yet. */
  readonly historyLag: number;
}

export type FromReplica =
  | { readonly kind: 'progress'; readonly height: number; readonly head: number }
  | { readonly kind: 'history'; readonly progress: HistoryProgress }
  | { readonly kind: 'ready'; readonly report: ReplicaReport }
  | {
      readonly kind: 'applied';
      readonly report: ReplicaReport;
      readonly messages: readonly FeedMessage[];
    }
  | {
      readonly kind: 'answered';
      readonly id: number;
      readonly value: Answer | FeedMessage | undefined;
    }
  | { readonly kind: 'refused'; readonly id: number; readonly problem: Problem }
  /** Something failed that the replica goes on without: a snapshot, a checkpoint. */
  | { readonly kind: 'warning'; readonly error: PlainError }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'closed' };

/** An error as plain data. */
export interface PlainError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** The replica's thread failed; `facts.name` is the error there. The node must stop. */
export class ReplicaFailedError extends PlimsollError {}

export function plainError(error: unknown): PlainError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const isOurs = error instanceof PlimsollError || error instanceof InvariantError;
  const facts = isOurs ? error.facts : {};
  const plain = Object.entries(facts).map(([fact, value]) => [
    fact,
    typeof value === 'bigint' ? value.toString() : (value ?? null),
  ]);
  const code = error instanceof PlimsollError ? error.code : 'INTERNAL';
  return { name, code, message, facts: Object.fromEntries(plain) };
}

export function errorOf(plain: PlainError): ReplicaFailedError {
  const { code, message, facts, name } = plain;
  return new ReplicaFailedError({ code, message, facts: { ...facts, name } });
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return nodeProblem('internal', error instanceof Error ? error.message : String(error));
}
