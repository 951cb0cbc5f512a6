import { statSync } from 'node:fs';
import { hashPairsNative } from '@plimsoll/node/hashing';
import { type ReplayReport, replayFile } from '@plimsoll/simulator';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './failures.ts';
import { progressOn, silentProgress } from './progress.ts';

interface ReplayOptions {
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Starts from the genesis in the file, applies every block, and compares the chained hash after each
and every state root. The first that differs, or a byte that is not as it was written, ends it.

Examples:
  plimsoll simulate crash-empty-book --out report
  plimsoll replay report/blocks.replay

Exit codes:
  0  every hash and every root is what the file says
  1  one is not, or the file is damaged; the message says at which block and byte
  2  the file cannot be read
`;

/** Adds the verb `replay`. `exit` takes the exit code. */
export function addReplay(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('replay')
    .description('apply the blocks of a run again and check every root')
    .argument('<file>', 'blocks.replay of a run')
    .option('--json', 'print what was checked as JSON on stdout')
    .option('--quiet', 'show no progress')
    .addHelpText('after', HELP)
    .action((file: string, options: ReplayOptions) => {
      exit(replay(file, options));
    });
}

function replay(file: string, options: ReplayOptions): ExitCode {
  const size = statSync(file).size;
  const progress = options.quiet === true ? silentProgress : progressOn(process.stderr);
  const startMs = performance.now();
  const report = replayFile(file, {
    hashPairs: hashPairsNative,
    onProgress: (done, total) => progress.update(done, total, 'replaying'),
  });
  progress.stop();
  const tookMs = performance.now() - startMs;
  if (options.json === true) process.stdout.write(`${JSON.stringify(factsOf(report), null, 2)}\n`);
  else process.stdout.write(textOf(report, { tookMs, size }));
  return EXIT.ok;
}

function factsOf(report: ReplayReport): Record<string, string | number> {
  const { header, blockCount, commandCount, rootCount, chain, finalRoot } = report;
  const { name, seed, genesisRoot } = header;
  return { name, seed, blockCount, commandCount, rootCount, genesisRoot, finalRoot, chain };
}

function textOf(report: ReplayReport, run: { tookMs: number; size: number }): string {
  const { header, blockCount, commandCount, rootCount, chain, finalRoot } = report;
  const seconds = (run.tookMs / 1000).toFixed(1);
  const size = (run.size / 1_000_000).toFixed(1);
  return [
    `${header.name}, seed ${header.seed}: ${size} MB replayed in ${seconds} s`,
    `  ${blockCount} blocks with ${commandCount} commands, every chained hash is the same`,
    `  ${rootCount} state roots, every one is the same`,
    `  root at the start   ${header.genesisRoot}`,
    `  root at the end     ${finalRoot}`,
    `  chain of all blocks ${chain}`,
    '',
  ].join('\n');
}
