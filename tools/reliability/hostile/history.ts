// What is in the blocks, read from the store itself, and not from what the node says of it.
import { type Hex, type Network, typedDataTarget } from '@plimsoll/api';
import { createDigester, hexOfBytes } from '@plimsoll/api/signing';
import type { Address } from '@plimsoll/core/schema';
import { openStore, readRecord } from '@plimsoll/node/store';

export interface StoredCommand {
  /** Computed anew from the command that is stored. */
  readonly digest: Hex;
  readonly signer: Address;
  readonly height: number;
  readonly index: number;
  readonly account: number;
  /** Kinds of its actions. */
  readonly kinds: string;
  readonly isRefused: boolean;
}

/** Prices under one signature of which at least one was taken. */
export interface StoredPrices {
  readonly digest: Hex;
  readonly publisher: Address;
  readonly height: number;
}

export interface History {
  readonly blocks: number;
  readonly commands: readonly StoredCommand[];
  readonly prices: readonly StoredPrices[];
}

/** Everything that stands in a store. */
export async function readHistory(directory: string, network: Network): Promise<History> {
  const digester = createDigester(typedDataTarget(network));
  const store = await openStore({ directory, isReadOnly: true });
  const commands: StoredCommand[] = [];
  const prices: StoredPrices[] = [];
  try {
    for (let height = 1; height <= store.head; height++) {
      const { block, results, observationCodes, prices: signed } = readRecord(store, height);
      block.commands.forEach((command, index) => {
        const { signer, account, actions } = command;
        const digest = hexOfBytes(digester.command(command));
        const kinds = actions.map(({ kind }) => kind).join(', ');
        const isRefused = results[index]?.code !== 0;
        commands.push({ digest, signer, height, index, account, kinds, isRefused });
      });
      let at = 0;
      for (const { count } of signed) {
        const observations = block.observations.slice(at, at + count);
        const isTaken = observationCodes.slice(at, at + count).some((code) => code === 0);
        at += count;
        const [first] = observations;
        if (!isTaken || first === undefined) continue;
        const digest = hexOfBytes(digester.prices(observations));
        prices.push({ digest, publisher: first.publisher, height });
      }
    }
    return { blocks: store.head, commands, prices };
  } finally {
    await store.close();
  }
}
