import {
  type ApplyOptions,
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  hex,
  type Machine,
  rootNow,
} from '@plimsoll/core/machine';
import { accepted } from '@plimsoll/core/schema';
import { RecoveryMismatchError } from './errors.ts';
import type { BlockRecord } from './record.ts';

/**
 * Applies a stored block and compares all that was stored of its outcome: codes, chained hash, and
 * the root where one was due; with `roots: 'later'` only whether one was due.
 *
 * @throws RecoveryMismatchError naming the height and what differs.
 */
export function replayRecord(
  machine: Machine,
  record: BlockRecord,
  options: ApplyOptions = {},
): BlockOutcome {
  const { block } = record;
  const outcome = applyBlock(machine, block, options);
  const { height } = block;
  if (outcome.code !== accepted) {
    differ(height, 'the block itself', { stored: 'accepted', found: `refused: ${outcome.code}` });
  }
  compareResults(record, outcome);
  const { observationCodes } = record;
  if (!isSame(observationCodes, outcome.observationCodes)) {
    const found = outcome.observationCodes.join(' ');
    differ(height, 'the codes of its prices', { stored: observationCodes.join(' '), found });
  }
  compareBytes(height, 'the chained hash', {
    stored: record.chainHash,
    found: chainHashOf(machine),
  });
  const isLeftOut = options.roots === 'later' && outcome.isRootDue === (record.root !== undefined);
  if (!isLeftOut) {
    const found = outcome.isRootDue ? (outcome.root ?? rootNow(machine)).root : undefined;
    compareBytes(height, 'the root', { stored: record.root, found });
  }
  return outcome;
}

function compareResults(record: BlockRecord, outcome: BlockOutcome): void {
  const { results } = record;
  const at = outcome.results.findIndex((found, i) => {
    const stored = results[i];
    return stored?.code !== found.code || !isSame(stored.actions, found.actions);
  });
  if (at < 0 && results.length === outcome.results.length) return;
  const [stored, found] = [results, outcome.results].map((all) => JSON.stringify(all[at] ?? null));
  differ(record.block.height, `the result of command ${at}`, {
    stored: stored ?? '',
    found: found ?? '',
  });
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((code, i) => code === b[i]);
}

/** Absent on both sides is the same too. */
export function compareBytes(
  height: number,
  what: string,
  bytes: { readonly stored: Uint8Array | undefined; readonly found: Uint8Array | undefined },
): void {
  const stored = bytes.stored === undefined ? 'none' : hex(bytes.stored);
  const found = bytes.found === undefined ? 'none' : hex(bytes.found);
  if (stored !== found) differ(height, what, { stored, found });
}

function differ(
  height: number,
  what: string,
  facts: { readonly stored: string; readonly found: string },
): never {
  throw new RecoveryMismatchError({
    code: 'RECOVERY_MISMATCH',
    message:
      `block ${height} does not come out as it is stored: ${what} differs; the store or the ` +
      'program was changed: run the version that wrote it, or restore a backup; ' +
      'plimsoll verify checks all of it',
    facts: { height, differs: what, ...facts },
  });
}
