// Commands per second of applyBlock on the fixed mix, without and with roots, at three sizes.
// Prints what it did: above 10 % refusals a run does not count.
import { hashInto } from '@chainsafe/hashtree';
import { type HashPairs, hex } from '@plimsoll/core/machine';
import { applyAt, createLoad, follow, mixCommands, prices } from './fixedMix.ts';

const BLOCK = 4_000;
const BLOCKS = 60;
const WARM_BLOCKS = 25;

const hashPairs: HashPairs = (input, output, count) =>
  hashInto(input.subarray(0, count * 64), output.subarray(0, count * 32));

interface Row {
  accounts: number;
  root: string;
  /** By the process's CPU time, so that other programs on the cores count less; median block. */
  commandsPerSecond: number;
  /** By the clock, all blocks. */
  byTheClock: number;
  p50Ms: number;
  p99Ms: number;
  fills: number;
  refusals: string;
  lastRoot: string;
}

function run(accounts: number, withRoot: boolean): Row {
  const rootIntervalMs = withRoot ? 0 : 3_600_000;
  const load = createLoad({ accounts, rootIntervalMs, hashPairs });
  const times: number[] = [];
  const spent: number[] = [];
  let fills = 0;
  let refusals = 0;
  let root = '';
  for (let block = 0; block < WARM_BLOCKS + BLOCKS; block++) {
    const commands = mixCommands(load, BLOCK);
    const observations = block % 50 === 0 ? prices(load, () => 1_000_000) : [];
    const startMs = performance.now();
    const before = process.cpuUsage();
    const outcome = applyAt(load, 20, { commands, observations });
    const { user, system } = process.cpuUsage(before);
    const ms = performance.now() - startMs;
    follow(load, outcome);
    if (outcome.root !== undefined) root = hex(outcome.root.root).slice(0, 16);
    if (block < WARM_BLOCKS) continue;
    times.push(ms);
    spent.push((user + system) / 1_000);
    for (const event of outcome.events) if (event.kind === 'filled') fills += 1;
    refusals += outcome.refusals.length;
  }
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const sorted = [...times].sort((a, b) => a - b);
  return {
    accounts,
    root: withRoot ? `every ${BLOCK}` : 'none',
    commandsPerSecond: Math.round((BLOCK * 1000) / median(spent)),
    byTheClock: Math.round((BLOCK * BLOCKS * 1000) / total),
    p50Ms: round(sorted[Math.floor(sorted.length * 0.5)] as number),
    p99Ms: round(sorted[Math.floor(sorted.length * 0.99)] as number),
    fills,
    refusals: `${round((100 * refusals) / (BLOCK * BLOCKS))} %`,
    lastRoot: root,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

function round(x: number): number {
  return Math.round(x * 100) / 100;
}

const sizes = (process.env.BENCH_ACCOUNTS ?? '10000,100000,1000000').split(',').map(Number);
const rows: Row[] = [];
for (const accounts of sizes) {
  for (const withRoot of [false, true]) {
    rows.push(run(accounts, withRoot));
    console.log(JSON.stringify(rows.at(-1)));
  }
}
console.table(rows);
