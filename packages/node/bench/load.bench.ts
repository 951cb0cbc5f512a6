// Durable signed commands over WebSocket from a client process to a node process, on the cores that
// this machine has: throughput with single commands and with batches of 8, and latency at 5,000 a
// second. Every receipt means: on disk. Arguments: seconds per run (10), accounts (1,000).
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeStatus } from '@plimsoll/node';
import type { LoadPlan, LoadReport } from './loadClient.js';
import { startClient } from './loadClients.js';
import { setUp } from './loadSetUp.js';

const seconds = Number(process.argv[2] ?? 10);
const accounts = Number(process.argv[3] ?? 1_000);

const WARM_UP_SECONDS = 20;

interface Usage {
  readonly cpu: { readonly user: number; readonly system: number };
  readonly rss: number;
  readonly status: NodeStatus;
}

let nodeUrl = '';
const directory = mkdtempSync(join(tmpdir(), 'plimsoll-load-'));
const node = fork(new URL('./loadNode.js', import.meta.url), [directory, String(accounts)]);
node.setMaxListeners(0);
try {
  nodeUrl = (await message<{ url: string }>()).url;
  process.stdout.write(`${availableParallelism()} cores for the node and its clients together\n`);
  const publishing = await setUp(nodeUrl, accounts, {
    say: (text) => process.stdout.write(`${text}\n`),
  });
  // A node that has just started is still being compiled after ten seconds of load.
  await run('warm-up', { rate: 5_000, seconds: WARM_UP_SECONDS });
  await run('2,000/s single, one command a frame', { rate: 2_000 });
  await run('5,000/s single, one command a frame', { rate: 5_000 });
  await run('as fast as it goes, single', { rate: 0, window: 256 });
  await run('as fast as it goes, batches of 8', { rate: 0, window: 128, actionsPerCommand: 8 });
  publishing.stop();
} finally {
  node.send('stop');
  await new Promise((resolve) => node.once('exit', resolve));
  rmSync(directory, { recursive: true, force: true });
}

async function run(title: string, change: Partial<LoadPlan>): Promise<void> {
  const plan: LoadPlan = {
    url: nodeUrl,
    accounts,
    connections: 8,
    actionsPerCommand: 1,
    rate: 0,
    window: 256,
    seconds,
    ...change,
  };
  const { begun, ended } = startClient(plan);
  await begun;
  const before = { usage: await usage(), stages: await stages() };
  const report = await ended;
  print(title, report, { before, after: { usage: await usage(), stages: await stages() } });
}

interface Reading {
  readonly usage: Usage;
  readonly stages: Readonly<Record<string, number>>;
}

function print(
  title: string,
  report: LoadReport,
  node: { readonly before: Reading; readonly after: Reading },
): void {
  const perSecond = (count: number): string =>
    Math.round(count / report.seconds).toLocaleString('en-US');
  const ms = (value: number): string => value.toFixed(2);
  const { before, after } = node;
  const cpuOf = ({ usage: { cpu } }: Reading): number => (cpu.user + cpu.system) / 1e6;
  const cpu = cpuOf(after) - cpuOf(before);
  const refusedShare = (report.refusedActions / report.actions) * 100;
  const blocks = after.usage.status.height - before.usage.status.height;
  process.stdout.write(
    [
      `\n${title}`,
      `  commands/s ${perSecond(report.commands)}  actions/s ${perSecond(report.actions)}  refused ${refusedShare.toFixed(1)} %`,
      `  ms to the receipt, on disk: p50 ${ms(report.p50)}  p90 ${ms(report.p90)}  p99 ${ms(report.p99)}  p99.9 ${ms(report.p999)}  longest ${ms(report.max)}`,
      `  blocks ${blocks}, ${(report.commands / blocks).toFixed(1)} commands each; node ${((cpu / report.seconds) * 100).toFixed(0)} % of a core, clients ${((report.cpuSeconds / report.seconds) * 100).toFixed(0)} % (signed before: ${report.signingUs.toFixed(0)} µs a command); node resident ${Math.round(after.usage.rss / 1e6)} MB`,
      `  stages, µs a command: ${stageText(before, after, report)}`,
      `  refusals ${JSON.stringify(report.problems)}`,
      '',
    ].join('\n'),
  );
}

function stageText(before: Reading, after: Reading, report: LoadReport): string {
  return Object.keys(after.stages)
    .map((stage) => {
      const spent = (after.stages[stage] ?? 0) - (before.stages[stage] ?? 0);
      return `${stage} ${((spent * 1e6) / report.commands).toFixed(1)}`;
    })
    .join(', ');
}

/** Seconds spent per stage so far, out of the node's own metrics. */
async function stages(): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${nodeUrl}/metrics`)).text();
  const sums: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const stage = /^plimsoll_block_seconds_sum\{stage="(\w+)"\} (\S+)/.exec(line);
    if (stage !== null) sums[stage[1] as string] = Number(stage[2]);
    const opening = /^plimsoll_opening_seconds_sum (\S+)/.exec(line);
    if (opening !== null) sums.opening = Number(opening[1]);
  }
  return sums;
}

function usage(): Promise<Usage> {
  const answer = message<Usage>();
  node.send('usage');
  return answer;
}

function message<T>(): Promise<T> {
  return new Promise((resolve, reject) => {
    node.once('message', (each) => resolve(each as T));
    node.once('exit', (code) => reject(new Error(`the node ended: ${code}`)));
  });
}
