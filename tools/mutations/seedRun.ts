// Run by runSeeds.ts in a process of its own, in the copy: random worlds under every checker of the
// simulator. The last line says what they found.
import { runSeed } from '../../packages/simulator/src/seeds/runSeed.ts';

const [first = 1, count = 1, blocks = 100] = process.argv.slice(2).map(Number);
const found: Record<string, string> = {};
for (let seed = first; seed < first + count; seed++) {
  try {
    for (const { checker, invariant, sentence, height } of runSeed(seed, blocks).violations) {
      const name = `checker ${checker} (${invariant})`;
      found[name] ??= `seed ${seed}, block ${height}: ${sentence}`;
    }
  } catch (error) {
    found['the machine itself'] ??= `seed ${seed}: ${String(error)}`;
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
