// A node in a process of its own, told what to do over IPC.
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
    process.send?.({ cpu: process.cpuUsage(), rss, heapUsed, status: node.status() });
  }
  if (message === 'stop') {
    await node.close();
    process.exit(0);
  }
});
process.send?.({ url: node.url });
