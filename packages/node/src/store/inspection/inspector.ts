import type { HashPairs, Machine } from '@plimsoll/core/machine';
import { readableTime } from '@plimsoll/core/schema';
import { accountExists } from '@plimsoll/core/state';
import { networkOf } from '../../network.ts';
import type { Store } from '../../parts.ts';
import { openStore } from '../openStore.ts';
import { readRecord } from '../readRecord.ts';
import type { BlockRecord } from '../record.ts';
import { recover } from '../recover.ts';
import { replayRecord } from '../replayRecord.ts';
import { accountText } from './accountText.ts';
import { blockText, commandText, digestOf, type SeenBlock } from './blockText.ts';
import { UnknownPlaceError } from './place.ts';

export interface InspectorOptions {
  readonly directory: string;
  readonly hashPairs: HashPairs;
  /** How far a machine is brought up. */
  readonly onProgress?: (height: number, head: number) => void;
}

/** Reads a store for people; every answer is text. */
export interface Inspector {
  /** The store itself: network, blocks, snapshots. */
  summary(): string;
  block(height: number): string;
  /** `place`: the digest of the command as 0x and hex, or `height.index`. */
  command(place: string): string;
  /** As it was after a block; the last one unless said. */
  account(account: number, height?: number): string;
  close(): Promise<void>;
}

/**
 * Opens a store to look into it, also beside a running node. Events and refusals are shown as the
 * machine gives them when the block is applied again: what the store does not agree with is an
 * error.
 *
 * @throws what `openStore` and `recover` throw; UnknownPlaceError for what is not there.
 */
export async function createInspector(options: InspectorOptions): Promise<Inspector> {
  const store = await openStore({ directory: options.directory, isReadOnly: true });
  return {
    summary: () => summaryText(store),
    block: (height) => blockText(see(store, options, height)),
    command: (place) => {
      const { height, index } = findCommand(store, place);
      return commandText(see(store, options, height), index);
    },
    account: (account, height) => {
      if (height !== undefined && height !== 0) requireBlock(store, height);
      const machine = machineAt(store, options, height ?? store.head);
      if (!accountExists(machine.state, account)) {
        const count = machine.state.machine.accountCount.get(0);
        throw new UnknownPlaceError(
          `there is no account ${account}`,
          `accounts are 1 to ${count} at that height`,
        );
      }
      return accountText(machine, account);
    },
    close: () => store.close(),
  };
}

function summaryText(store: Store): string {
  const network = networkOf(store.network);
  const { head } = store;
  const last = head === 0 ? undefined : readRecord(store, head).block;
  const snapshots = store.snapshots();
  return [
    `store in ${store.directory}`,
    `  network   ${network.name}, chain ${network.chainId}, genesis ${network.genesisHash}`,
    `  began     ${readableTime(store.network.genesis.timeMs)}`,
    `  blocks    ${head === 0 ? 'none' : `1 to ${head}`}`,
    `  last      ${last === undefined ? 'none' : readableTime(last.timeMs)}`,
    `  snapshots ${snapshots.length === 0 ? 'none' : snapshots.join(', ')}`,
    '',
  ].join('\n');
}

function see(store: Store, options: InspectorOptions, height: number): SeenBlock {
  requireBlock(store, height);
  const machine = machineAt(store, options, height - 1);
  const record = readRecord(store, height);
  return { record, machine, outcome: replayRecord(machine, record) };
}

function machineAt(store: Store, options: InspectorOptions, height: number): Machine {
  const { hashPairs, onProgress } = options;
  return recover(store, {
    hashPairs,
    atMost: height,
    ...(onProgress === undefined ? {} : { onProgress }),
  }).machine;
}

function requireBlock(store: Store, height: number): void {
  if (Number.isSafeInteger(height) && height >= 1 && height <= store.head) return;
  throw new UnknownPlaceError(`there is no block ${height}`, `blocks are 1 to ${store.head}`);
}

interface CommandPlace {
  readonly height: number;
  readonly index: number;
}

/** By digest the newest blocks are looked at first: what people ask about is recent. */
function findCommand(store: Store, place: string): CommandPlace {
  const numbers = /^([0-9]{1,15})\.([0-9]{1,7})$/.exec(place);
  if (numbers !== null) {
    const found = { height: Number(numbers[1]), index: Number(numbers[2]) };
    requireBlock(store, found.height);
    const count = readRecord(store, found.height).block.commands.length;
    if (found.index < count) return found;
    throw new UnknownPlaceError(`block ${found.height} has ${count} commands`, 'the first is 0');
  }
  const digest = place.toLowerCase();
  if (!/^0x[0-9a-f]{64}$/.test(digest)) {
    throw new UnknownPlaceError(`"${place}" is no command`, 'give its digest, or height.index');
  }
  for (let height = store.head; height >= 1; height--) {
    const index = indexOf(readRecord(store, height), digest);
    if (index >= 0) return { height, index };
  }
  throw new UnknownPlaceError(`no command has the digest ${digest}`, 'it was never in a block');
}

function indexOf(record: BlockRecord, digest: string): number {
  for (let index = 0; index < record.block.commands.length; index++) {
    if (digestOf(record, index) === digest) return index;
  }
  return -1;
}
