import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runSeed } from './runSeed.ts';

// The final roots of five small worlds, committed: the same on every engine. Run it from dist:
//   node packages/simulator/dist/seeds/goldenRoots.js [--write]

/** Final roots by seed. */
export interface GoldenRoots {
  readonly blocks: number;
  readonly roots: Readonly<Record<string, string>>;
}

const FILE = new URL('../../test/roots.golden.json', import.meta.url);

/** What is committed. */
export function committedRoots(): GoldenRoots {
  return JSON.parse(readFileSync(FILE, 'utf8')) as GoldenRoots;
}

/** The roots of the same seeds and blocks as this engine computes them. */
export function computeRoots(golden: GoldenRoots): GoldenRoots {
  const { blocks } = golden;
  const seeds = Object.keys(golden.roots).map(Number);
  const roots = Object.fromEntries(seeds.map((seed) => [seed, runSeed(seed, blocks).root]));
  return { blocks, roots };
}

function main(): void {
  const golden = committedRoots();
  const computed = computeRoots(golden);
  if (process.argv.includes('--write')) {
    writeFileSync(FILE, `${JSON.stringify(computed, null, 2)}\n`);
  }
  let differing = 0;
  for (const [seed, root] of Object.entries(computed.roots)) {
    const isSame = golden.roots[seed] === root;
    if (!isSame) differing += 1;
    process.stdout.write(`${process.version} seed ${seed} ${root} ${isSame ? 'same' : 'OTHER'}\n`);
  }
  process.exitCode = differing === 0 || process.argv.includes('--write') ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
