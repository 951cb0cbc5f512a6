import type { Hex } from '@plimsoll/api';
import { type BlockRecord, openStore, readRecord } from '@plimsoll/node/store';
import type { Stored, StoredCommand } from './checks.ts';

const DIGEST_BYTES = 32;

/**
 * Adds the blocks of a store from the first that was not read on, as they lie on the disk, without
 * any node. The head.
 *
 * @throws PlimsollError when the store or a block is damaged, or a height is missing.
 */
export async function readStore(directory: string, stored: Stored): Promise<number> {
  const store = await openStore({ directory, isReadOnly: true });
  try {
    const { head } = store;
    for (let height = (stored.heights.at(-1) ?? 0) + 1; height <= head; height++) {
      addBlock(stored, readRecord(store, height));
    }
    return head;
  } finally {
    await store.close();
  }
}

export function addBlock(stored: Stored, record: BlockRecord): void {
  const { height } = record.block;
  stored.heights.push(height);
  for (const { digest } of record.prices) add(stored.prices, hexOf(digest), height);
  record.block.commands.forEach((command, index) => {
    const digest = hexOf(record.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
    const { code = -1, actions = [] } = record.results[index] ?? {};
    const deeds = command.actions.flatMap((action, i): string[] => {
      if (code !== 0 || actions[i] !== 0) return [];
      if (action.kind === 'deposit') return [`deposit ${action.sequence} of ${action.chain}`];
      if (action.kind !== 'placeOrder' || action.clientId === 0) return [];
      return [`order ${action.clientId} of account ${command.account}`];
    });
    const found: StoredCommand = { digest, height, index, code, actions: [...actions], deeds };
    add(stored.commands, digest, found);
  });
}

function add<T>(all: Map<Hex, T[]>, digest: Hex, value: T): void {
  const known = all.get(digest);
  if (known === undefined) all.set(digest, [value]);
  else known.push(value);
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
