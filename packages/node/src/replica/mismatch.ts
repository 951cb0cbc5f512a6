import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, type Machine, rootNow, snapshot, undoBlock } from '@plimsoll/core/machine';
import { InvariantError, PlimsollError } from '@plimsoll/core/math';
import { makeFolder } from '../files/index.ts';

/**
 * The replica does not come to what is stored: the writer, the replica or the memory of one of them
 * is wrong. The node stops; `facts.file` says where everything is that it takes to find out.
 */
export class ReplicaMismatchError extends PlimsollError {}

export interface Mismatch {
  /** The height that was to be applied. */
  readonly height: number;
  readonly record: Uint8Array;
  readonly machine: Machine;
  readonly directory: string;
  readonly cause: Error;
}

/**
 * Takes the block back, if it was applied, and writes what it takes to investigate:
 * `<height>.json` what differs, `<height>.record` the stored bytes, `<height>.before.snapshot` the
 * replica's state before the block. Spec: replica 2.
 */
export function reportMismatch(mismatch: Mismatch): ReplicaMismatchError {
  const { height, record, machine, directory, cause } = mismatch;
  if (machine.state.machine.height.get(0) === height) undoBlock(machine);
  const before = `${height}.before.snapshot`;
  const report = {
    height,
    replicaHeight: machine.state.machine.height.get(0),
    replicaTimeMs: machine.state.machine.timeMs.get(0),
    error: cause.name,
    message: cause.message,
    facts: factsOf(cause),
    rootBefore: hex(rootNow(machine).root),
    files: { record: `${height}.record`, stateBefore: before },
    versions: { node: process.version, platform: `${process.platform} ${process.arch}` },
    how:
      'restore the snapshot, apply the record, compare; plimsoll verify replays the whole store ' +
      'and says which of the two is right',
  };
  const file = join(directory, `${height}.json`);
  makeFolder(directory);
  writeFileSync(join(directory, `${height}.record`), record);
  writeFileSync(join(directory, before), snapshot(machine));
  writeFileSync(file, `${JSON.stringify(report, bigintText, 2)}\n`);
  return new ReplicaMismatchError({
    code: 'REPLICA_MISMATCH',
    message:
      `the replica does not come to what is stored of block ${height}: ${cause.message}; ` +
      'the node stops; keep the file, run plimsoll verify, start again from what it finds right',
    facts: { height, file },
    cause,
  });
}

function factsOf(error: Error): unknown {
  return error instanceof PlimsollError || error instanceof InvariantError ? error.facts : {};
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
