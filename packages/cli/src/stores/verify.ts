import { hashPairsNative } from '@plimsoll/node/hashing';
import { type VerifyReport, verifyStore } from '@plimsoll/node/store';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../failures.ts';
import { progressOn, silentProgress } from '../progress.ts';

interface VerifyOptions {
  readonly signatures?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Compares the checksum of every block; applies every block again from the genesis and compares every
result, chained hash and state root; restores every snapshot and compares its root with that of the
replay at its height. With --signatures every signature is opened again and must be of the signer
that the machine was told. Goes on behind what is damaged, so that all of it is named. Works beside
a running node, up to the block that is the last when it starts.

Examples:
  plimsoll verify data
  plimsoll verify backups/2026-01-31 --signatures
  plimsoll verify data --json | jq .problems

Exit codes:
  0  everything is as it was written
  1  something is not; every part is named with its block
  2  the store cannot be read
  3  there is no store
`;

/** Adds the verb `verify`. `exit` takes the exit code. */
export function addVerify(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('verify')
    .description('open everything in a store and replay it')
    .argument('<data>', 'directory of a store or of a backup')
    .option('--signatures', 'open every signature again')
    .option('--json', 'print what was checked as JSON on stdout')
    .option('--quiet', 'show no progress')
    .addHelpText('after', HELP)
    .action(async (directory: string, options: VerifyOptions) => {
      exit(await verify(directory, options));
    });
}

async function verify(directory: string, options: VerifyOptions): Promise<ExitCode> {
  const progress = options.quiet === true ? silentProgress : progressOn(process.stderr);
  const startMs = performance.now();
  const report = await verifyStore(directory, {
    hashPairs: hashPairsNative,
    signatures: options.signatures === true,
    onProgress: (height, head) => progress.update(height, head, 'verifying'),
  });
  progress.stop();
  const tookMs = performance.now() - startMs;
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else process.stdout.write(textOf(report, { tookMs, signatures: options.signatures === true }));
  return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
}

function textOf(
  report: VerifyReport,
  run: { readonly tookMs: number; readonly signatures: boolean },
): string {
  const { head, blocksRead, blocksReplayed, commands, observations, problems } = report;
  const compared = report.snapshots.filter(({ isCompared }) => isCompared).length;
  const seconds = (run.tookMs / 1000).toFixed(1);
  const signatures = run.signatures
    ? `  ${report.signaturesOpened} signatures opened again`
    : '  no signature opened; --signatures does';
  return [
    `network ${report.network}, blocks 1 to ${head}: verified in ${seconds} s`,
    `  ${blocksRead} blocks read, ${commands} commands, ${observations} prices`,
    `  ${blocksReplayed} blocks applied again, ${report.rootsCompared} state roots compared`,
    `  ${report.snapshots.length} snapshots restored, ${compared} compared with the replay`,
    signatures,
    `  root after the last replayed block ${report.root}`,
    problems.length === 0 ? '  everything is as it was written' : `  ${problems.length} problems:`,
    ...problems.map(({ height, part, message }) => `    block ${height}, ${part}: ${message}`),
    '',
  ].join('\n');
}
