import type { Store } from '../parts.ts';
import { MissingBlocksError } from './errors.ts';
import { type BlockRecord, DamagedRecordError, decodeRecord } from './record.ts';

/**
 * The block of a height, whole.
 *
 * @throws MissingBlocksError when it is not there.
 * @throws DamagedRecordError naming the height when it is not as it was written, or is another's.
 */
export function readRecord(store: Pick<Store, 'directory' | 'read'>, height: number): BlockRecord {
  const bytes = store.read(height);
  if (bytes === undefined) {
    throw new MissingBlocksError({
      code: 'STORE_BLOCKS_MISSING',
      message: `block ${height} is missing in ${store.directory}; restore a backup`,
      facts: { height },
    });
  }
  const record = decode(store, height, bytes);
  if (record.block.height !== height) {
    throw damaged(store, height, { reason: `it is block ${record.block.height}` });
  }
  return record;
}

function decode(store: Pick<Store, 'directory'>, height: number, bytes: Uint8Array): BlockRecord {
  try {
    return decodeRecord(bytes);
  } catch (error) {
    if (!(error instanceof DamagedRecordError)) throw error;
    throw damaged(store, height, { reason: error.message, cause: error });
  }
}

function damaged(
  { directory }: Pick<Store, 'directory'>,
  height: number,
  why: { readonly reason: string; readonly cause?: Error },
): DamagedRecordError {
  return new DamagedRecordError({
    code: 'RECORD_DAMAGED',
    message:
      `block ${height} in ${directory} is damaged: ${why.reason}; restore a backup with plimsoll ` +
      'restore, plimsoll verify lists every damaged block',
    facts: { height },
    cause: why.cause,
  });
}
