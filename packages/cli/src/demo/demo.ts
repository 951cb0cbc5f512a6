import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { RunningNode } from '@plimsoll/node';
import { readConfig } from '@plimsoll/node/config';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, type ExitCode, UsageError } from '../failures.ts';
import { stopSignal } from '../serving/index.ts';
import { DEFAULT_SCENARIO, readDemoScenario } from './demoScenario.ts';
import { openDemoStore, setAside, storedScenario } from './demoStore.ts';
import { playDemo } from './playDemo.ts';

interface DemoOptions {
  readonly data: string;
  readonly port?: number;
  readonly scenario?: string;
  readonly speed?: number;
  readonly traders: number;
  readonly fresh?: true;
  readonly for?: number;
}

const HELP = `
Starts a node on a store in ./data, publishers that play a scenario's prices, market makers and
traders: all of them clients in other processes, with keys of their own and signed commands. A
second start goes on from the store. Ctrl-C ends everything cleanly.

The keys in ./data/keys are worthless and lie there in the open: never use them for anything else.
The log of the node is ./data/node.log.

Examples:
  plimsoll demo                              a crash, again and again, ten times as fast as life
  plimsoll demo --scenario march-2020        recorded prices, if their files are there
  plimsoll demo --fresh --speed 20           begins anew; what was is in ./data.before
  plimsoll demo --for 60 --port 0            a minute of market, on any free port
`;

/** Adds the verb `demo`. `exit` takes the exit code. */
export function addDemo(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('demo')
    .description('run a whole market on this machine')
    .option('--scenario <name>', `whose prices are played (${DEFAULT_SCENARIO})`)
    .option('--speed <factor>', 'so many times faster than life', positive)
    .option('--fresh', 'begin anew; what was there is set aside')
    .option('--port <number>', 'of the node; 0: any free one (7420)', natural)
    .option('--data <folder>', 'where the store is', './data')
    .option('--traders <count>', 'how many trade', natural, 60)
    .option('--for <seconds>', 'end when the market was open for so long', positive)
    .addHelpText('after', HELP)
    .action(async (options: DemoOptions) => {
      exit(await runDemo(options));
    });
}

async function runDemo(options: DemoOptions): Promise<ExitCode> {
  const { data, port } = options;
  const stored = options.fresh === true ? undefined : storedScenario(data);
  const demo = readDemoScenario(options.scenario ?? stored ?? DEFAULT_SCENARIO);
  const flags = { dataDirectory: data, 'http.port': port === undefined ? undefined : String(port) };
  const config = readConfig({ environment: process.env, flags });
  if (options.fresh === true) await beginAnew(data);
  const store = openDemoStore(data, demo);
  const stop = stopSignal();
  const { createLogger, startNode } = await import('@plimsoll/node');
  // The terminal has the status line; what the node logs goes to a file beside its store.
  const destination = createWriteStream(join(data, 'node.log'), { flags: 'a' });
  const logger = createLogger({ level: config.logLevel, destination });
  const node = await startNode({ config, network: store.network, logger });
  const speed = options.speed ?? demo.defaultSpeed;
  sayStart(node, { data, isNew: store.isNew, what: `${demo.scenario.name}, ${speed} times life` });
  const onOpen = (): void => {
    if (options.for !== undefined) stop.stopAfter(options.for * 1_000);
  };
  const { signal } = stop;
  try {
    await playDemo({ node, demo, store, speed, traders: options.traders, signal, onOpen });
    return EXIT.ok;
  } finally {
    await node.close();
    sayEnd(node, data);
    destination.end();
  }
}

/** Only what a demo made, and only when no node runs on it. */
async function beginAnew(data: string): Promise<void> {
  if (storedScenario(data) === undefined) return;
  const { openStore, StoreLockedError } = await import('@plimsoll/node/store');
  try {
    await (await openStore({ directory: data })).close();
  } catch (error) {
    // A store that is damaged, or none yet, is no reason to keep it here.
    if (error instanceof StoreLockedError) {
      throw new UsageError(`${error.message}; stop it before --fresh sets the store aside`);
    }
  }
  const aside = setAside(data);
  if (aside !== undefined) process.stdout.write(`What was in ${data} is in ${aside} now.\n`);
}

function sayStart(
  node: RunningNode,
  about: { readonly data: string; readonly isNew: boolean; readonly what: string },
): void {
  const { url } = node;
  const { height } = node.status();
  const from = about.isNew ? `a new store in ${about.data}` : `${about.data} at block ${height}`;
  process.stdout.write(
    [
      `Plimsoll plays ${about.what}, on ${from}`,
      `  the market now   ${url}/`,
      `  the API          ${url}/docs`,
      `  its stream       ${url.replace(/^http/, 'ws')}/v1/stream`,
      `  metrics          ${url}/metrics`,
      `  keys             ${join(about.data, 'keys')}  (worthless, for this demo alone)`,
      '  Ctrl-C stops it; the next start goes on from the store',
      '',
      '',
    ].join('\n'),
  );
}

function sayEnd(node: RunningNode, data: string): void {
  const { height, accounts } = node.status();
  process.stdout.write(
    `Stopped. ${height} blocks and ${accounts} accounts are stored in ${data}; ` +
      'the next start goes on from there.\n',
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`"${text}" is not a number above 0.`);
}

function natural(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== '') return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number.`);
}
