import { backupStore, type CopyReport, restoreStore } from '@plimsoll/node/store';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../failures.ts';

interface CopyOptions {
  readonly json?: true;
}

const BACKUP_HELP = `
Works beside a running node and does not hold it up: the blocks are those of one moment, with the
snapshots up to it. The copy appears under its name when it is whole, or not at all.

Examples:
  plimsoll backup data backups/2026-01-31
  plimsoll verify backups/2026-01-31

Exit codes:
  0  the copy is there
  1  the store is damaged
  2  the directory is not empty, or the disk does not take it; nothing was written
  3  there is no store
`;

const RESTORE_HELP = `
Reads every block of the copy and compares its checksum before the store appears under its name.
Nothing is ever written over: move a damaged store away, and restore into a new directory.

Examples:
  mv data data.damaged
  plimsoll restore backups/2026-01-31 data
  plimsoll verify data --signatures

Exit codes:
  0  the store is there
  1  the backup is damaged; the message says at which block
  2  the directory is not empty, or the disk does not take it; nothing was written
  3  there is no backup
`;

/** Adds the verb `backup`. `exit` takes the exit code. */
export function addBackup(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('backup')
    .description('copy a store, also while its node runs')
    .argument('<data>', 'directory of the store')
    .argument('<to>', 'directory to make; empty or not there')
    .option('--json', 'print what was copied as JSON on stdout')
    .addHelpText('after', BACKUP_HELP)
    .action(async (from: string, to: string, options: CopyOptions) => {
      print('backed up', to, { report: await backupStore(from, to), options });
      exit(EXIT.ok);
    });
}

/** Adds the verb `restore`. `exit` takes the exit code. */
export function addRestore(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('restore')
    .description('make a store out of a backup')
    .argument('<backup>', 'directory of the backup')
    .argument('<to>', 'directory to make; empty or not there')
    .option('--json', 'print what was copied as JSON on stdout')
    .addHelpText('after', RESTORE_HELP)
    .action(async (from: string, to: string, options: CopyOptions) => {
      print('restored', to, { report: await restoreStore(from, to), options });
      exit(EXIT.ok);
    });
}

function print(
  done: string,
  to: string,
  { report, options }: { readonly report: CopyReport; readonly options: CopyOptions },
): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const { network, head, snapshots, bytes } = report;
  const megabytes = (bytes / 1_000_000).toFixed(1);
  const what = `${head} blocks and ${snapshots.length} snapshots, ${megabytes} MB`;
  process.stdout.write(`${done} network ${network} to ${to}: ${what}\n`);
}
