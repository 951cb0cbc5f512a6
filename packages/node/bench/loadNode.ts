// A node in a process of its own, told what to do over IPC.
import { readFileSync } from 'node:fs';
import { defaultConfig, startNode } from '@plimsoll/node';
import { networkFile } from './loadWorld.js';

const [directory, accountsText] = process.argv.slice(2) as [string, string];
const accounts = Number(accountsText);
const node = await startNode({
  config: {
    ...defaultConfig,
    dataDirectory: directory,
    http: { ...defaultConfig.http, port: 0 },
    limits: {
      ...defaultConfig.limits,
      inFlightPerConnectionMax: 65_536,
      requestsPerSecond: 10_000,
      requestsBurst: 10_000,
    },
    logLevel: 'warn',
  },
  network: networkFile(accounts),
});
node.failed.then((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
process.on('message', async (message) => {
  if (message === 'usage') {
    const { rss, heapUsed } = process.memoryUsage();
    const own = ownBytes() ?? rss;
    process.send?.({ cpu: process.cpuUsage(), rss, own, heapUsed, status: node.status() });
  }
  if (message === 'stop') {
    await node.close();
    process.exit(0);
  }
});
process.send?.({ url: node.url });

/**
 * Memory that is the process's own. What is resident counts the pages of the store's files too,
 * which are mapped, grow with them, and are given back when somebody else needs the room.
 */
function ownBytes(): number | undefined {
  try {
    const found = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    return found === null ? undefined : Number(found[1]) * 1_024;
  } catch {
    return undefined;
  }
}
