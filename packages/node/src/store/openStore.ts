import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/index.ts';
import type { NetworkFile } from '../network.ts';
import { type BlockDatabase, checkNoGap, lastHeight, openBlocks } from './blockDatabase.ts';
import { BlockStore } from './blockStore.ts';
import { DamagedStoreError, StoreMissingError, unwritable } from './errors.ts';
import { checkNetwork, decodeIdentity, encodeIdentity, IDENTITY_KEY } from './identity.ts';
import { layoutOf, type StoreLayout, syncDirectory } from './layout.ts';
import { lockStore, type StoreLock } from './lock.ts';
import { clearUnfinished } from './snapshotFiles.ts';

export interface OpenStoreOptions {
  readonly directory: string;
  /** Needed to make a store; one that exists must be of the same network. */
  readonly network?: NetworkFile | undefined;
  /**
   * Reads beside a process that writes, without its lock. Blocks cannot be appended; snapshots can
   * be written when `snapshotsKept` is said, by the replica of the process that holds the lock.
   */
  readonly isReadOnly?: boolean;
  /** How many snapshots stay, 3 unless said. */
  readonly snapshotsKept?: number;
}

export const SNAPSHOTS_KEPT = 3;

/**
 * Opens the store in a directory, or makes one. Spec: nodeStore 3.
 *
 * @throws StoreMissingError when there is none and none may be made.
 * @throws StoreLockedError when another process writes to it.
 * @throws NetworkMismatchError, StoreVersionError when it is not for this program.
 * @throws StoreUnwritableError when disk or directory do not take it.
 * @throws DamagedStoreError, MissingBlocksError when what is there is not whole.
 */
export async function openStore(options: OpenStoreOptions): Promise<BlockStore> {
  const { directory, isReadOnly = false } = options;
  const layout = prepare(options);
  if (isReadOnly) return openWithin(layout, options, undefined);
  const lock = await lockStore(layout.directory);
  try {
    if (!existsSync(layout.blockFile)) requireNetwork(options.network, directory);
    return await openWithin(layout, options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function prepare({ directory, network, isReadOnly }: OpenStoreOptions): StoreLayout {
  if (isReadOnly === true || network === undefined) {
    if (!existsSync(join(directory, 'blocks', 'data.mdb'))) throw missing(directory);
    return layoutOf(directory);
  }
  try {
    if (makeFolder(directory) !== undefined) syncDirectory(dirname(directory));
    return layoutOf(directory);
  } catch (error) {
    return unwritable(error, directory);
  }
}

async function openWithin(
  layout: StoreLayout,
  options: OpenStoreOptions,
  lock: StoreLock | undefined,
): Promise<BlockStore> {
  const database = openBlocks(layout, lock === undefined);
  try {
    if (lock !== undefined) {
      makeFolder(layout.snapshots);
      clearUnfinished(layout.snapshots);
    }
    const network = await identify(database, layout, options);
    checkNoGap(database, layout);
    const { snapshotsKept } = options;
    const mayWriteSnapshots = lock !== undefined || snapshotsKept !== undefined;
    return new BlockStore({
      layout,
      network,
      database,
      lock,
      snapshotsKept: mayWriteSnapshots ? (snapshotsKept ?? SNAPSHOTS_KEPT) : 0,
    });
  } catch (error) {
    await database.environment.close();
    return unwritable(error, layout.directory);
  }
}

/** The network of a store that exists; a new store becomes one of the network that is given. */
async function identify(
  database: BlockDatabase,
  layout: StoreLayout,
  options: OpenStoreOptions,
): Promise<NetworkFile> {
  const { network, directory } = options;
  const stored = database.meta.getBinary(IDENTITY_KEY);
  if (stored !== undefined) {
    const identity = decodeIdentity(stored, layout.directory);
    if (network !== undefined) checkNetwork(identity.network, network, layout.directory);
    return identity.network;
  }
  if (lastHeight(database.blocks) > 0) {
    throw new DamagedStoreError({
      code: 'STORE_DAMAGED',
      message: `the store in ${layout.directory} has blocks but does not say of which network`,
    });
  }
  const made = requireNetwork(options.isReadOnly === true ? undefined : network, directory);
  await database.meta.put(IDENTITY_KEY, encodeIdentity(made));
  syncDirectory(layout.blocks);
  syncDirectory(layout.directory);
  return made;
}

function requireNetwork(network: NetworkFile | undefined, directory: string): NetworkFile {
  if (network === undefined) throw missing(directory);
  return network;
}

function missing(directory: string): StoreMissingError {
  return new StoreMissingError({
    code: 'STORE_MISSING',
    message: `there is no store in ${directory}; start a node there, or restore a backup`,
  });
}
