import type { Machine } from '@plimsoll/core/machine';
import type { HistoryReader } from '../history/index.ts';
import type { NetworkFile } from '../network.ts';

/** Everything a view reads from. Nothing in it is written, but through a savepoint and undone. */
export interface ReadContext {
  readonly machine: Machine;
  readonly history: HistoryReader;
  readonly network: NetworkFile;
  /** The stored bytes of a block (`decodeRecord` reads them); undefined when there is none. */
  readonly readRecord: (height: number) => Uint8Array | undefined;
  readonly proofs: ProofReader;
  /** Height and block time of the machine. */
  readonly height: number;
  readonly timeMs: number;
}

/** What is proved of an account; each is the JSON that `@plimsoll/api/proofs` verifies. */
export interface ProofReader {
  /** Undefined: there is no such account. */
  accountProof(account: number): unknown;
  /** Of the last checkpoint; undefined: there is none yet, or the account is younger than it. */
  liabilityProof(account: number): unknown;
  /** Undefined: there is no checkpoint yet. */
  liabilityRoot(): unknown;
}
