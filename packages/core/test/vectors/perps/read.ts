import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One published figure: where it stands, what goes in, what has to come out. */
export interface PeerVector<Inputs, Expected> {
  readonly id: string;
  readonly source: string;
  readonly description: string;
  readonly inputs: Inputs;
  readonly expected: Expected;
}

/** The figures of one file of this folder. Which of ours reproduces them: docs/spec/peers.md. */
export function readVectors<Inputs, Expected>(name: string): PeerVector<Inputs, Expected>[] {
  const path = fileURLToPath(new URL(`./${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as PeerVector<Inputs, Expected>[];
}
