import { createMachine, type HashPairs, hex, type Machine, rootNow } from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import { genesisOf } from '../../network.ts';
import type { Store } from '../../parts.ts';
import { openStore } from '../openStore.ts';
import { readRecord } from '../readRecord.ts';
import { type BlockRecord, SIGNATURE_BYTES } from '../record.ts';
import { checkNothingLost, restoreSnapshot } from '../recover.ts';
import { compareBytes, replayRecord } from '../replayRecord.ts';
import { createSignatureCheck, type SignatureCheck } from './signatureCheck.ts';

export interface VerifyOptions {
  readonly hashPairs: HashPairs;
  /** Opens every signature again: 50 µs each with the native library, 500 without. */
  readonly signatures: boolean;
  readonly onProgress?: (height: number, head: number) => void;
}

/** Something that is not as it was written. */
export interface VerifyProblem {
  readonly height: number;
  readonly part: 'block' | 'replay' | 'signatures' | 'snapshot';
  readonly message: string;
}

/** What was opened and compared, and what did not agree; all is well when `problems` is empty. */
export interface VerifyReport {
  readonly network: string;
  readonly head: number;
  readonly blocksRead: number;
  /** Applied again from the genesis; fewer than read when one did not agree. */
  readonly blocksReplayed: number;
  readonly commands: number;
  readonly observations: number;
  readonly rootsCompared: number;
  readonly signaturesOpened: number;
  readonly snapshots: readonly { readonly height: number; readonly isCompared: boolean }[];
  /** Of the state after the last block that was replayed. */
  readonly root: string;
  readonly problems: readonly VerifyProblem[];
}

interface Verification {
  readonly store: Store;
  readonly hashPairs: HashPairs;
  readonly check: SignatureCheck | undefined;
  readonly snapshots: ReadonlySet<number>;
  readonly problems: VerifyProblem[];
  readonly compared: { readonly height: number; readonly isCompared: boolean }[];
  readonly counts: Counts;
  readonly machine: Machine;
  /** False from the first block on that did not agree. */
  isReplaying: boolean;
}

interface Counts {
  blocksRead: number;
  blocksReplayed: number;
  commands: number;
  observations: number;
  rootsCompared: number;
  signaturesOpened: number;
}

/** Blocks between two turns of the event loop. */
const TURN_BLOCKS = 64;

/**
 * Opens everything in a store: every record's checksum, every block applied again from the genesis,
 * every chained hash, root and result compared, every snapshot restored and its root compared with
 * that of the replay at its height, and if asked every signature opened again. Goes on behind what
 * is damaged, so that all of it is named. Works beside a running node. Spec: nodeStore 8.
 *
 * @throws what `openStore` throws.
 */
export async function verifyStore(
  directory: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const store = await openStore({ directory, isReadOnly: true });
  try {
    // Beside a node there are more blocks at the end than at the beginning.
    const { head } = store;
    const verification = await begin(store, options);
    attempt(verification, { height: head + 1, part: 'block' }, () => checkNothingLost(store, head));
    for (let height = 1; height <= head; height++) {
      verifyBlock(verification, height);
      if (height % TURN_BLOCKS !== 0 && height !== head) continue;
      options.onProgress?.(height, head);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { counts, problems, compared, machine } = verification;
    const root = hex(rootNow(machine).root);
    const { network } = store.network;
    return { network, head, ...counts, snapshots: compared, root, problems };
  } finally {
    await store.close();
  }
}

async function begin(store: Store, options: VerifyOptions): Promise<Verification> {
  const { hashPairs, signatures } = options;
  return {
    store,
    hashPairs,
    check: signatures ? await createSignatureCheck(store.network) : undefined,
    snapshots: new Set(store.snapshots()),
    problems: [],
    compared: [],
    counts: {
      blocksRead: 0,
      blocksReplayed: 0,
      commands: 0,
      observations: 0,
      rootsCompared: 0,
      signaturesOpened: 0,
    },
    machine: createMachine(genesisOf(store.network), { hashPairs }),
    isReplaying: true,
  };
}

function verifyBlock(verification: Verification, height: number): void {
  const { store, counts, check } = verification;
  let record: BlockRecord | undefined;
  const isRead = attempt(verification, { height, part: 'block' }, () => {
    record = readRecord(store, height);
  });
  if (record === undefined || !isRead) verification.isReplaying = false;
  else {
    counts.blocksRead += 1;
    counts.commands += record.block.commands.length;
    counts.observations += record.block.observations.length;
    replay(verification, record);
    openSignatures(verification, record, check);
  }
  if (verification.snapshots.has(height)) verifySnapshot(verification, height);
}

function replay(verification: Verification, record: BlockRecord): void {
  if (!verification.isReplaying) return;
  const { machine, counts } = verification;
  verification.isReplaying = attempt(
    verification,
    { height: record.block.height, part: 'replay' },
    () => replayRecord(machine, record),
  );
  if (!verification.isReplaying) return;
  counts.blocksReplayed += 1;
  if (record.root !== undefined) counts.rootsCompared += 1;
}

function openSignatures(
  verification: Verification,
  record: BlockRecord,
  check: SignatureCheck | undefined,
): void {
  if (check === undefined) return;
  const { problems, counts } = verification;
  const { height } = record.block;
  for (const message of check(record)) problems.push({ height, part: 'signatures', message });
  counts.signaturesOpened += record.signatures.length / SIGNATURE_BYTES + record.prices.length;
}

/** Behind a block that did not agree there is no replay to compare with: its chained hash only. */
function verifySnapshot(verification: Verification, height: number): void {
  const { store, hashPairs, machine, isReplaying, compared } = verification;
  const isGood = attempt(verification, { height, part: 'snapshot' }, () => {
    const restored = restoreSnapshot(store, height, hashPairs);
    if (!isReplaying) return;
    const [stored, found] = [restored, machine].map((each) => rootNow(each).root);
    compareBytes(height, 'the root of its snapshot', { stored, found });
  });
  if (isGood) compared.push({ height, isCompared: isReplaying });
}

/** Whether it went well. What the world did wrong becomes a problem, what we did is thrown. */
function attempt(
  { problems, store }: Verification,
  place: { readonly height: number; readonly part: VerifyProblem['part'] },
  run: () => void,
): boolean {
  try {
    run();
    return true;
  } catch (error) {
    const isFile = error instanceof Error && 'syscall' in error;
    if (!(error instanceof PlimsollError) && !isFile) throw error;
    // The node beside us removes old snapshots.
    if (isFile && !store.snapshots().includes(place.height)) return false;
    problems.push({ ...place, message: error.message });
    return false;
  }
}
