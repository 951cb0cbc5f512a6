// Memory under a steady load: a node process with its clients, its own memory (without the mapped
// pages of its store) and its heap read all the time. Arguments: seconds (30), commands a second
// (2,000), accounts (1,000). The claim is about a long run:
// `node packages/node/dist/bench/bench/soak.bench.js 600 5000`.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeStatus } from '@plimsoll/node';
import type { LoadPlan, LoadReport } from './loadClient.js';
import { startClient } from './loadClients.js';
import { setUp } from './loadSetUp.js';

const seconds = Number(process.argv[2] ?? 30);
const rate = Number(process.argv[3] ?? 2_000);
const accounts = Number(process.argv[4] ?? 1_000);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

interface Usage {
  readonly rss: number;
  readonly own: number;
  readonly heapUsed: number;
  readonly status: NodeStatus;
}

const directory = mkdtempSync(join(tmpdir(), 'plimsoll-soak-'));
const node = fork(new URL('./loadNode.js', import.meta.url), [directory, String(accounts)]);
node.setMaxListeners(0);
try {
  const url = (await answerOf<{ url: string }>(node)).url;
  say(`${availableParallelism()} cores for the node and its clients, ${rate} commands a second`);
  const publishing = await setUp(url, accounts, { say });
  const plan: LoadPlan = {
    url,
    accounts,
    connections: 8,
    actionsPerCommand: 1,
    rate,
    window: 0,
    seconds,
  };
  const { begun, ended: done } = startClient(plan);
  await begun;
  let isDone = false;
  done.finally(() => {
    isDone = true;
  });
  const samples: Usage[] = [];
  const everyMs = Math.max(1_000, (seconds * 1_000) / 20);
  while (!isDone) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, everyMs))]);
    const answer = answerOf<Usage>(node);
    node.send('usage');
    const usage = await answer;
    samples.push(usage);
    const { height, replica } = usage.status;
    say(
      `block ${height}, replica ${height - replica.height} behind, resident ` +
        `${Math.round(usage.rss / 1e6)} MB, of it own ${Math.round(usage.own / 1e6)} MB, heap ${Math.round(usage.heapUsed / 1e6)} MB`,
    );
  }
  print(samples, await done);
  publishing.stop();
} finally {
  node.send('stop');
  await new Promise((resolve) => node.once('exit', resolve));
  rmSync(directory, { recursive: true, force: true });
}

/** The two halves after the first quarter, in which caches and rings fill. */
function print(samples: readonly Usage[], report: LoadReport): void {
  const settled = samples.slice(Math.floor(samples.length / 4));
  const half = Math.floor(settled.length / 2);
  const mean = (part: readonly Usage[]): number =>
    part.reduce((sum, { own }) => sum + own, 0) / part.length / 1e6;
  const [before, after] = [mean(settled.slice(0, half)), mean(settled.slice(half))];
  const perHour = ((after - before) * 3_600) / ((seconds * 3) / 8);
  say(
    `${report.commands} commands at ${Math.round(report.commands / report.seconds)}/s, p50 ` +
      `${report.p50.toFixed(1)} ms, p99 ${report.p99.toFixed(1)} ms, refusals ${JSON.stringify(report.problems)}`,
  );
  say(
    `own memory ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB: ` +
      `${perHour.toFixed(0)} MB an hour`,
  );
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a process ended: ${code}`)));
  });
}
