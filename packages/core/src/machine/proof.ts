import { accountExists } from '../state/index.ts';
import { rootNow } from './applyBlock.ts';
import type { Machine } from './genesis.ts';

/** What shows that an account's rows stand under a state root. Spec: roots 8. */
export interface AccountProof {
  readonly account: number;
  /** The account's rows, 64 bytes a chunk. */
  readonly chunks: Uint8Array;
  /** Nodes beside the path, from the leaf up. */
  readonly siblings: readonly Uint8Array[];
  /** 64 bytes: version, height, time and number of accounts. */
  readonly meta: Uint8Array;
  readonly globalRoot: Uint8Array;
  readonly root: Uint8Array;
}

/**
 * Proves an account's rows against the root of the present state; undefined for an unknown account.
 */
export function proveAccount(machine: Machine, account: number): AccountProof | undefined {
  if (!accountExists(machine.state, account)) return undefined;
  const { root, meta, globalRoot } = rootNow(machine);
  const { chunks, siblings } = machine.roots.pathOf(account);
  return { account, chunks, siblings, meta, globalRoot, root };
}
