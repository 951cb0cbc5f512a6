#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addDemo } from './demo/index.ts';
import { EXIT, type ExitCode, reportFailure } from './failures.ts';
import { addMargin } from './margin.ts';
import { addReplay } from './replay.ts';
import { addSchema } from './schema.ts';
import { addKeys, addNode, addPublish } from './serving/index.ts';
import { addSimulate } from './simulate.ts';
import { addBackup, addInspect, addRestore, addVerify } from './stores/index.ts';

const HELP = `
Examples:
  plimsoll simulate crash-empty-book --out report    a crash, and a report of who paid for it
  plimsoll margin portfolio.json                     what one account must hold, part by part
  plimsoll replay report/blocks.replay               the same blocks, the same roots
  plimsoll verify data                               open a store and replay all of it
  plimsoll <verb> --help                             everything about one verb

Exit codes: 0 all is well, 1 something claimed does not hold, 2 wrong arguments or files, 3 data is
required and missing, 4 a fault of the program.
`;

function program(exit: (code: ExitCode) => void): Command {
  const command = new Command('plimsoll')
    .description('Margin and clearing of a derivative market: simulate, measure, replay.')
    .version('0.1.0')
    .addHelpText('after', HELP)
    .showSuggestionAfterError()
    .showHelpAfterError('(plimsoll --help names the verbs)')
    .exitOverride();
  addDemo(command, exit);
  addNode(command, exit);
  addPublish(command, exit);
  addKeys(command, exit);
  addBackup(command, exit);
  addRestore(command, exit);
  addVerify(command, exit);
  addInspect(command, exit);
  addSimulate(command, exit);
  addMargin(command, exit);
  addReplay(command, exit);
  addSchema(command, exit);
  for (const verb of command.commands) {
    verb.exitOverride().showHelpAfterError(`(plimsoll ${verb.name()} --help explains)`);
  }
  return command;
}

/** A reader that closed the pipe, such as \`head\`, wants no more. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

try {
  const command = program((code) => {
    process.exitCode = code;
  });
  if (process.argv.length <= 2) command.outputHelp();
  else await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  } else {
    process.exitCode = reportFailure(error, process.stderr);
  }
}
