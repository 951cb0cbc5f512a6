import { fork } from 'node:child_process';
import type { LoadPlan, LoadReport } from './loadClient.js';

/** What a process of clients says, in its order. */
export interface RunningClient {
  /** Everything is signed and connected, the first command goes out. */
  readonly begun: Promise<void>;
  readonly ended: Promise<LoadReport>;
}

/** Starts the process of the clients of one run. */
export function startClient(plan: LoadPlan): RunningClient {
  const client = fork(new URL('./loadClient.js', import.meta.url), [JSON.stringify(plan)]);
  const said = new Promise<void>((resolve) => client.once('message', () => resolve()));
  const ended = new Promise<LoadReport>((resolve, reject) => {
    client.on('message', (message) => message !== 'begin' && resolve(message as LoadReport));
    client.once('exit', (code) => reject(new Error(`the client ended: ${code}`)));
  });
  const begun = Promise.race([said, ended.then(() => undefined)]);
  return { begun, ended };
}
