import {
  filePrices,
  type PriceSource,
  type PublisherNews,
  readKeyFile,
  readVenues,
  runPublisher,
  seededPrices,
  type VenueNews,
  venuePrices,
} from '@plimsoll/node/publish';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, type ExitCode, UsageError } from '../failures.ts';
import { passwordOf } from './keys.ts';
import { stopSignal } from './stopSignal.ts';

interface PublishOptions {
  readonly node: string;
  readonly key: string;
  readonly ageMax: number;
  readonly for?: number;
}

interface PaceFlags {
  readonly speed: number;
  readonly every: number;
  readonly repeat?: true;
}

interface FileFlags extends PublishOptions, PaceFlags {
  readonly underlying?: string;
  readonly columns?: string;
  readonly timeUnit?: string;
  readonly from?: string;
  readonly to?: string;
}

interface SeededFlags extends PublishOptions, PaceFlags {
  readonly seed: string;
  readonly underlying: readonly string[];
  readonly crash?: string;
}

const HELP = `
A publisher signs with its own key and sends to a node that lists this key as a source. It sends
the newest price of each underlying and never an old one, and does not give up on a node that is
away. The password of a locked key file comes from PLIMSOLL_KEY_PASSWORD.

Examples:
  plimsoll publish file btc.csv --underlying BTC --speed 60 --key publisher.json
  plimsoll publish seeded --underlying BTC=60000 --underlying ETH=3000 --key publisher.json
  plimsoll publish seeded --underlying BTC=60000 --crash 60s,30s,0.3,0.5 --key publisher.json
  plimsoll publish venues venues.json --node http://127.0.0.1:7420 --key publisher.json

venues.json:
  {"venues": [{"venue": "kraken", "symbols": {"BTC": "BTC/USD"}},
              {"venue": "coinbase", "symbols": {"BTC": "BTC/USD"}},
              {"venue": "binance", "symbols": {"BTC": "BTC/USDT"}}]}

Exit codes:
  0  prices were taken, and it ended: by --for, at the end of its file, by SIGINT or SIGTERM
  1  it ended, and the node had taken no price; it says whether the node was reached
  2  the arguments, the key or the file of prices cannot be used
`;

/** Adds the verb `publish`. `exit` takes the exit code. */
export function addPublish(program: Command, exit: (code: ExitCode) => void): void {
  const publish = program
    .command('publish')
    .description('sign prices and send them to a node')
    .addHelpText('after', HELP);
  addFile(publish, exit);
  addSeeded(publish, exit);
  addVenues(publish, exit);
  for (const verb of publish.commands) verb.exitOverride().showHelpAfterError();
}

function addFile(publish: Command, exit: (code: ExitCode) => void): void {
  paced(shared(publish.command('file')))
    .description('play a file of prices')
    .argument('<file>', '.csv with a header, or .ndjson; also .gz')
    .option('--underlying <name>', 'what it prices, when no column says so')
    .option('--columns <list>', 'price=close,time=ts; by default t_ms and price, or open … close')
    .option('--time-unit <unit>', 'of the time column: ms or s', 'ms')
    .option('--from <instant>', 'play from there, ISO 8601')
    .option('--to <instant>', 'play to there, ISO 8601')
    .action(async (path: string, flags: FileFlags) => {
      const { speed, every: everyMs, underlying, columns, timeUnit, from, to } = flags;
      if (timeUnit !== 'ms' && timeUnit !== 's') throw new UsageError('--time-unit is ms or s');
      const file = {
        path,
        timeUnit,
        ...(underlying === undefined ? {} : { underlying }),
        ...(columns === undefined ? {} : { columns: pairsOf(columns) }),
      } as const;
      const stop = stopAfter(flags);
      const prices = filePrices({
        files: [file],
        speed,
        everyMs,
        isRepeated: flags.repeat === true,
        signal: stop,
        ...(from === undefined ? {} : { sinceMs: instantOf(from) }),
        ...(to === undefined ? {} : { untilMs: instantOf(to) }),
      });
      exit(await run(flags, { prices, stop }));
    });
}

function addSeeded(publish: Command, exit: (code: ExitCode) => void): void {
  paced(shared(publish.command('seeded')))
    .description('publish a made-up market')
    .requiredOption('--underlying <name=price>', 'BTC=60000; may be said again', collect)
    .option('--seed <text>', 'publishers of one seed see one market', '1')
    .option('--crash <at,over,fall[,recover]>', 'such as 60s,30s,0.3,0.5: after 60 s, by 30 %')
    .action(async (flags: SeededFlags) => {
      const { speed, every: everyMs, seed } = flags;
      const crash = flags.crash === undefined ? undefined : crashOf(flags.crash);
      const underlyings = flags.underlying.map((text) => {
        const [name = '', price = ''] = text.split('=');
        const start = Number(price);
        if (name === '' || !(start > 0)) throw new UsageError(`"${text}" is not name=price`);
        return crash === undefined ? { name, start } : { name, start, crash };
      });
      const stop = stopAfter(flags);
      const publisher = flags.key;
      const prices = seededPrices({ seed, publisher, underlyings, speed, everyMs, signal: stop });
      exit(await run(flags, { prices, stop }));
    });
}

function addVenues(publish: Command, exit: (code: ExitCode) => void): void {
  shared(publish.command('venues'))
    .description('publish the median of several exchanges, live')
    .argument('<file>', 'which venues, which symbols')
    .action(async (path: string, flags: PublishOptions) => {
      const stop = stopAfter(flags);
      const onNews = (news: VenueNews): void => say(venueText(news));
      const prices = venuePrices({ ...readVenues(path), onNews, signal: stop });
      exit(await run(flags, { prices, stop }));
    });
}

function shared(command: Command): Command {
  return command
    .requiredOption('--key <file>', 'the key file of the publisher')
    .option('--node <url>', 'the node', 'http://127.0.0.1:7420')
    .option('--age-max <ms>', 'never send what held longer ago', positive, 5_000)
    .option('--for <seconds>', 'end after so long', positive);
}

function paced(command: Command): Command {
  return command
    .option('--speed <factor>', 'so many times faster than it was', positive, 1)
    .option('--every <ms>', 'time between two prices', positive, 500)
    .option('--repeat', 'begin again at the end');
}

async function run(
  flags: PublishOptions,
  what: { readonly prices: PriceSource; readonly stop: AbortSignal },
): Promise<ExitCode> {
  const { privateKey, address } = readKeyFile(flags.key, passwordOf);
  process.stdout.write(`publishing as ${address} to ${flags.node}\n`);
  let isReached = false;
  const totals = await runPublisher({
    url: flags.node,
    privateKey,
    prices: what.prices,
    ageMaxMs: flags.ageMax,
    signal: what.stop,
    onNews: (news) => {
      if (news.kind === 'connected') isReached = true;
      say(newsText(news));
    },
  });
  const { taken, refused, dropped, failures, height } = totals;
  process.stdout.write(
    `${taken} prices taken, the last in block ${height}; ${refused} refused, ` +
      `${dropped} not sent, ${failures} failures\n`,
  );
  if (taken > 0) return EXIT.ok;
  const why = isReached ? 'it listens, and took none' : 'it was never reached';
  process.stderr.write(`plimsoll: no price was taken by the node at ${flags.node}: ${why}\n`);
  return EXIT.failed;
}

function stopAfter(flags: PublishOptions): AbortSignal {
  return stopSignal(flags.for === undefined ? undefined : flags.for * 1_000).signal;
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

function newsText(news: PublisherNews): string {
  switch (news.kind) {
    case 'connected':
      return `connected to ${news.network}: a source of ${news.underlyings.join(', ') || 'nothing'}`;
    case 'notSource':
      return `${news.underlying}: the node does not list ${news.publisher} as a source of it`;
    case 'refused':
      return `${news.underlying}: refused with ${news.problem.code}, ${news.problem.detail}`;
    case 'unusable':
      return `${news.price.underlying}: ${news.price.price} is no price the network can be told`;
    case 'old':
      return `${news.underlying}: not sent, it held ${news.ageMs} ms ago`;
    case 'failed':
      return `${news.error.message}; again in ${news.retryMs} ms`;
  }
}

function venueText(news: VenueNews): string {
  switch (news.kind) {
    case 'ok':
      return `${news.venue} ${news.underlying}: well again`;
    case 'failed':
      return `${news.venue}: ${news.error.message}; again in ${news.retryMs} ms`;
    case 'stale':
      return `${news.venue} ${news.underlying}: late or frozen, left out`;
    case 'outlier':
      return `${news.venue} ${news.underlying}: ${news.price} is far off ${news.median}, left out`;
    case 'tooFew':
      return `${news.underlying}: ${news.venues} venues are too few, nothing is published`;
  }
}

function crashOf(text: string): { atMs: number; overMs: number; fall: number; recover: number } {
  const [at = '', over = '', fall = '', recover = '0'] = text.split(',');
  const crash = {
    atMs: durationOf(at),
    overMs: durationOf(over),
    fall: Number(fall),
    recover: Number(recover),
  };
  if (crash.fall > 0 && crash.fall < 1 && crash.recover >= 0) return crash;
  throw new UsageError(`"${text}" is not at,over,fall[,recover], such as 60s,30s,0.3,0.5`);
}

function durationOf(text: string): number {
  const [, number, unit] = /^([0-9.]+)(ms|s|m)$/.exec(text) ?? [];
  const unitMs = unit === 'ms' ? 1 : unit === 's' ? 1_000 : 60_000;
  const durationMs = Number(number) * unitMs;
  if (durationMs > 0) return durationMs;
  throw new UsageError(`"${text}" is no duration, such as 500ms, 30s or 5m`);
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', column] = pair.split('=');
      if (column === undefined) throw new UsageError(`"${pair}" is not name=column`);
      return [name, column];
    }),
  );
}

function instantOf(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isFinite(timeMs)) return timeMs;
  throw new UsageError(`"${text}" is no instant, such as 2020-03-12T06:00:00Z`);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`"${text}" is not a number above 0.`);
}
