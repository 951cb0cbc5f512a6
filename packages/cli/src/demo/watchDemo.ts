import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@plimsoll/api/client';
import type { RunningNode } from '@plimsoll/node';
import type { Scenario } from '@plimsoll/simulator';
import { type StatusLine, statusLineOn } from './statusLine.ts';

export interface WatchOptions {
  readonly node: RunningNode;
  readonly client: Client;
  readonly scenario: Scenario;
}

/** The status line of a demo that runs. */
export interface DemoWatch {
  /** The markets are listed: their prices are shown from now on. */
  watchMarkets(): void;
  say(text: string): void;
  end(): void;
}

const EVERY_MS = 1_000;

/** Shows once a second what the node and the market do. */
export function watchDemo(options: WatchOptions): DemoWatch {
  const line = statusLineOn(process.stdout);
  const stop = new AbortController();
  const prices = new Map<string, string | null>();
  void show(options, { line, prices, signal: stop.signal });
  return {
    watchMarkets: () => {
      for (const { name } of options.scenario.instruments) {
        prices.set(name, null);
        options.client.subscribe({ channel: 'prices', key: name }, (update) => {
          prices.set(name, update.markPrice ?? update.indexPrice);
        });
      }
    },
    say: line.say,
    end: () => {
      stop.abort();
      line.end();
    },
  };
}

async function show(
  { node, client }: WatchOptions,
  context: {
    readonly line: StatusLine;
    readonly prices: ReadonlyMap<string, string | null>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { line, prices, signal } = context;
  const liquidations = { now: 0, began: 0 };
  client.subscribe({ channel: 'liquidations' }, (update) => {
    liquidations.now = update.count;
    for (const { event } of update.events) {
      if (hasKind(event) && event.kind === 'liquidationStarted') liquidations.began += 1;
    }
  });
  let before = await countsOf(node);
  while (!signal.aborted) {
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const after = await countsOf(node);
    const { height, accounts } = node.status();
    const blocks = after.blocks - before.blocks;
    line.show({
      height,
      commandsPerSecond: ((after.commands - before.commands) * 1_000) / (after.atMs - before.atMs),
      blockMs: blocks === 0 ? 0 : ((after.seconds - before.seconds) * 1_000) / blocks,
      markets: [...prices].map(([name, price]) => ({ name, price })),
      accounts,
      inLiquidation: liquidations.now,
      liquidations: liquidations.began,
    });
    before = after;
  }
}

interface Counts {
  readonly atMs: number;
  readonly commands: number;
  readonly blocks: number;
  /** Spent on applying, encoding and flushing. */
  readonly seconds: number;
}

async function countsOf(node: RunningNode): Promise<Counts> {
  const { commandsAccepted, commandsRefused } = node.status();
  const { values } = await node.metrics.blockSeconds.get();
  let seconds = 0;
  let blocks = 0;
  for (const { metricName, labels, value } of values) {
    if (metricName?.endsWith('_sum') === true && labels.stage !== 'collect') seconds += value;
    if (metricName?.endsWith('_count') === true && labels.stage === 'apply') blocks = value;
  }
  const commands = commandsAccepted + commandsRefused;
  return { atMs: performance.now(), commands, blocks, seconds };
}

function hasKind(event: unknown): event is { readonly kind: string } {
  return typeof event === 'object' && event !== null && 'kind' in event;
}
