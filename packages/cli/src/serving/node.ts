import { readFileSync } from 'node:fs';
import { PlimsollError } from '@plimsoll/core/math';
import { configSettings, readConfig } from '@plimsoll/node/config';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, UsageError } from '../failures.ts';
import { fired, stopSignal } from './stopSignal.ts';

interface NodeOptions {
  readonly config?: string;
  readonly network?: string;
  readonly [flag: string]: string | undefined;
}

const HELP = `
Settings come from defaults, then the file, then PLIMSOLL_* in the environment, then flags; what
comes later wins. docs/operating.md explains each. --print-config shows what they come to.

Examples:
  plimsoll node --network network.json               the first start makes the store
  plimsoll node                                      every later start
  plimsoll node --config plimsoll.json --http-port 8080
  PLIMSOLL_HTTP_PORT=8080 plimsoll node --log-level warn

Exit codes:
  0  stopped by SIGINT or SIGTERM, everything on disk
  1  the node stopped itself; the last lines of its log say why
  2  the configuration, the network file or the store cannot be used
  3  there is no store, and no network file to make one with
`;

/** Adds the verb `node`. `exit` takes the exit code. */
export function addNode(program: Command, exit: (code: ExitCode) => void): void {
  const command = program
    .command('node')
    .description('run a node on a store')
    .option('--config <file>', 'a JSON file with settings; also PLIMSOLL_CONFIG')
    .option('--network <file>', 'what the network begins with; needed to make a store')
    .option('--print-config', 'print the settings as JSON and end');
  const pathOf = new Map<string, string>();
  for (const { path, flag, kind, doc, initial } of configSettings) {
    const option = new Option(`${flag} <${kind}>`, `${doc} (${initial === '' ? 'none' : initial})`);
    pathOf.set(option.attributeName(), path);
    command.addOption(option);
  }
  command.addHelpText('after', HELP).action(async (options: NodeOptions) => {
    const { config: file = process.env.PLIMSOLL_CONFIG, network, printConfig } = options;
    const flags = Object.fromEntries(
      [...pathOf].map(([attribute, path]) => [path, options[attribute]]),
    );
    const config = readConfig({ file, environment: process.env, flags });
    if (printConfig !== undefined) {
      process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
      exit(EXIT.ok);
      return;
    }
    // Imported here: the other verbs do without a server and a store.
    const { checkNetwork, startNode } = await import('@plimsoll/node');
    const stop = stopSignal();
    const node =
      network === undefined
        ? await startNode({ config }).catch(withoutNetwork)
        : await startNode({ config, network: checkNetwork(readJson(network), Date.now()) });
    const failure = await Promise.race([node.failed, fired(stop.signal)]);
    // Said first: a node that failed may not close as it should either.
    if (failure !== undefined) process.stderr.write(`plimsoll: ${failure.message}\n`);
    await node.close();
    exit(failure === undefined ? EXIT.ok : EXIT.failed);
  });
}

/** The reason that a node without a network file does not start, with what this verb can do. */
function withoutNetwork(cause: unknown): never {
  if (!(cause instanceof PlimsollError && cause.code === 'STORE_MISSING')) throw cause;
  const message = `${cause.message}; to begin a new network, give --network <file>`;
  throw new PlimsollError({ code: cause.code, message, cause });
}

function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${path} is not JSON: ${reason}`);
  }
}
