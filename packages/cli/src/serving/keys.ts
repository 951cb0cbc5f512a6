import { newKey, readKeyFile, writeKeyFile } from '@plimsoll/node/publish';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UsageError } from '../failures.ts';

/** The variable that holds the password of a key file. */
const PASSWORD = 'PLIMSOLL_KEY_PASSWORD';
const PASSWORD_LENGTH_MIN = 12;

const HELP = `
Examples:
  PLIMSOLL_KEY_PASSWORD=... plimsoll keys new publisher.json   locked with scrypt and AES-256-GCM
  plimsoll keys new dev.json --dev                             in the open, and worthless
  plimsoll keys show publisher.json                            its address

The password comes from ${PASSWORD}: a flag would show in the list of processes. A file is
written once, readable by its owner alone, and never written over.
`;

/** Adds the verb `keys`. `exit` takes the exit code. */
export function addKeys(program: Command, exit: (code: ExitCode) => void): void {
  const keys = program
    .command('keys')
    .description('make and look at key files')
    .addHelpText('after', HELP);
  keys
    .command('new')
    .description('make a key and write it to a file')
    .argument('<file>', 'where to write it')
    .option('--dev', 'without a password: for development, and marked as worthless')
    .action((file: string, options: { readonly dev?: true }) => {
      const key = newKey();
      writeKeyFile(file, key, options.dev === true ? undefined : newPassword());
      const what = options.dev === true ? 'a DEVELOPMENT key, worthless' : 'locked';
      process.stdout.write(`${key.address} is in ${file} (${what})\n`);
      exit(EXIT.ok);
    });
  keys
    .command('show')
    .description('open a key file and print its address')
    .argument('<file>', 'a key file')
    .action((file: string) => {
      process.stdout.write(`${readKeyFile(file, passwordOf).address}\n`);
      exit(EXIT.ok);
    });
  for (const verb of keys.commands) verb.exitOverride().showHelpAfterError();
}

/** The password of key files, if the environment has one. */
export function passwordOf(): string | undefined {
  return process.env[PASSWORD];
}

function newPassword(): string {
  const password = passwordOf();
  if (password === undefined) {
    throw new UsageError(`a key needs a password: put it in ${PASSWORD}, or say --dev`);
  }
  if (password.length >= PASSWORD_LENGTH_MIN) return password;
  throw new UsageError(`the password in ${PASSWORD} has fewer than ${PASSWORD_LENGTH_MIN} signs`);
}
