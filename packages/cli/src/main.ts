#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode, reportFailure } from './failures.ts';

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

type AddVerb = (command: Command, exit: (code: ExitCode) => void) => void;

/** Loaded when they are called by name: a node is ten times what a margin statement needs. */
const VERBS: { readonly [verb: string]: () => Promise<AddVerb> } = {
  demo: async () => (await import('./demo/index.ts')).addDemo,
  node: async () => (await import('./serving/index.ts')).addNode,
  publish: async () => (await import('./serving/index.ts')).addPublish,
  keys: async () => (await import('./serving/index.ts')).addKeys,
  backup: async () => (await import('./stores/index.ts')).addBackup,
  restore: async () => (await import('./stores/index.ts')).addRestore,
  verify: async () => (await import('./stores/index.ts')).addVerify,
  inspect: async () => (await import('./stores/index.ts')).addInspect,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  margin: async () => (await import('./margin.ts')).addMargin,
  replay: async () => (await import('./replay.ts')).addReplay,
  schema: async () => (await import('./schema.ts')).addSchema,
};

/** With the verb that is named, or with all where none is: for help, and to say what there is. */
async function program(
  named: string | undefined,
  exit: (code: ExitCode) => void,
): Promise<Command> {
  const command = new Command('plimsoll')
    .description('Margin and clearing of a derivative market: simulate, measure, replay.')
    .version('0.1.0')
    .addHelpText('after', HELP)
    .showSuggestionAfterError()
    .showHelpAfterError('(plimsoll --help names the verbs)')
    .exitOverride();
  const isVerb = named !== undefined && Object.hasOwn(VERBS, named);
  for (const verb of isVerb ? [named] : Object.keys(VERBS)) {
    const add = await (VERBS[verb] as () => Promise<AddVerb>)();
    add(command, exit);
  }
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
  const command = await program(process.argv[2], (code) => {
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
