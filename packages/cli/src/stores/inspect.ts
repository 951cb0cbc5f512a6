import { hashPairsNative } from '@plimsoll/node/hashing';
import { createInspector, type Inspector } from '@plimsoll/node/store';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UsageError } from '../failures.ts';
import { progressOn, silentProgress } from '../progress.ts';

interface InspectOptions {
  readonly height?: string;
  readonly quiet?: true;
}

const HELP = `
Says what is in a store as text. Events and refusals are those that the machine gives when the block
is applied again on the state before it, which is brought up from the nearest snapshot. Works beside
a running node.

Examples:
  plimsoll inspect data                        the store itself
  plimsoll inspect data block 1024             its prices, commands, outcomes and events
  plimsoll inspect data command 0x1f...c3      one command by its digest, as receipts name it
  plimsoll inspect data command 1024.7         the same by its place: block and index
  plimsoll inspect data account 12             balances, positions, orders, agents, margin
  plimsoll inspect data account 12 --height 1023

Exit codes:
  0  shown
  1  the store is damaged on the way there
  2  there is no such block, command or account
  3  there is no store
`;

/** Adds the verb `inspect`. `exit` takes the exit code. */
export function addInspect(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('show a store, a block, a command or an account as text')
    .argument('<data>', 'directory of a store or of a backup')
    .argument('[what]', 'block, command or account')
    .argument('[which]', 'height, digest or height.index, account number')
    .option('--height <height>', 'an account as it was after this block')
    .option('--quiet', 'show no progress')
    .addHelpText('after', HELP)
    .action(async (...given: [string, string?, string?, InspectOptions?]) => {
      const [directory, what, which, options = {}] = given;
      const progress = options.quiet === true ? silentProgress : progressOn(process.stderr);
      const inspector = await createInspector({
        directory,
        hashPairs: hashPairsNative,
        onProgress: (height, head) => progress.update(height, head, 'replaying'),
      });
      try {
        const text = answer(inspector, { what, which, height: options.height });
        progress.stop();
        process.stdout.write(text);
      } finally {
        await inspector.close();
      }
      exit(EXIT.ok);
    });
}

function answer(
  inspector: Inspector,
  question: {
    readonly what: string | undefined;
    readonly which: string | undefined;
    readonly height: string | undefined;
  },
): string {
  const { what, which, height } = question;
  if (what === undefined) return inspector.summary();
  if (which === undefined) throw new UsageError(`say which ${what}`);
  switch (what) {
    case 'block':
      return inspector.block(wholeNumber(which));
    case 'command':
      return inspector.command(which);
    case 'account':
      return inspector.account(
        wholeNumber(which),
        height === undefined ? undefined : wholeNumber(height),
      );
    default:
      throw new UsageError(`there is no ${what} to show: say block, command or account`);
  }
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is not a whole number`);
}
