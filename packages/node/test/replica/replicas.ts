import { afterEach } from 'vitest';
import { createFeeds } from '../../src/feeds/index.ts';
import { hashPairsNative } from '../../src/hashing.ts';
import type { Question, Store } from '../../src/parts.ts';
import { type OpenReplicaOptions, openReplica, type ReplicaCore } from '../../src/replica/index.ts';
import { openStore, recover } from '../../src/store/index.ts';
import { answerQuestion } from '../../src/views/index.ts';
import {
  Chain,
  type ChainOptions,
  type MadeBlock,
  store as storeBlocks,
} from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

export interface Node {
  readonly chain: Chain;
  readonly store: Store;
  readonly directory: string;
}

/** A store that a chain's blocks are in; the writer's side of a node. */
export async function nodeOf(options: ChainOptions = {}): Promise<Node> {
  const chain = new Chain(options);
  const directory = temporaryDirectory();
  const store = await openStore({ directory, network: chain.network });
  open.push(store);
  return { chain, store, directory };
}

export async function append(node: Node, blocks: readonly MadeBlock[]): Promise<MadeBlock[]> {
  await storeBlocks(node.store, blocks);
  return [...blocks];
}

/** A replica in this process, of the real parts. */
export async function replicaOf(
  node: Pick<Node, 'store'>,
  options: Partial<OpenReplicaOptions> = {},
): Promise<ReplicaCore> {
  const core = await openReplica({
    store: node.store,
    recover,
    hashPairs: hashPairsNative,
    answer: answerQuestion,
    createFeeds: (machine, history) => createFeeds(machine, { history }),
    waitMs: 50,
    ...options,
  });
  open.push(core);
  return core;
}

export function question(route: string, changes: Partial<Question> = {}): Question {
  return { route, params: {}, query: {}, body: undefined, ...changes };
}
