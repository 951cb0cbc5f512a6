import { createHash } from 'node:crypto';
import type { Network } from '@plimsoll/api';
import { type Genesis, limitsFor } from '@plimsoll/core/machine';

/**
 * The document that a network begins with, one JSON file: the same bytes of meaning give the same
 * network. Stored in every store; a node of another document refuses that store.
 */
export interface NetworkFile {
  /** Stands in every signature: `Plimsoll <network>`. */
  readonly network: string;
  readonly chainId: number;
  readonly genesis: Omit<Genesis, 'limits'>;
  /** What the machine is built for; full tables refuse. */
  readonly capacity: {
    readonly accounts: number;
    readonly positionsPerAccount?: number;
    readonly orders?: number;
    readonly instruments?: number;
  };
}

/** What every signature on this network is bound to. */
export function networkOf(file: NetworkFile): Network {
  const hash = createHash('sha256').update(canonicalJson(file)).digest('hex');
  return { name: file.network, chainId: file.chainId, genesisHash: `0x${hash}` };
}

export function genesisOf(file: NetworkFile): Genesis {
  return { ...file.genesis, limits: limitsFor(file.capacity) };
}

/** JSON with the keys of every object in order, so that equal documents are equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${entries.join(',')}}`;
}
