// The entry of the replica's thread. Its logic is startReplica.ts and replicaHost.ts.
import { parentPort, workerData } from 'node:worker_threads';
import {
  type FromReplica,
  plainError,
  type ReplicaWorkerData,
  type ToReplica,
} from './messages.ts';
import { startReplica } from './startReplica.ts';

const port = parentPort;
if (port !== null) {
  // What arrives before the store is open waits in this list.
  const early: ToReplica[] = [];
  let take = (message: ToReplica): void => {
    early.push(message);
  };
  port.on('message', (message: ToReplica) => take(message));
  const send = (message: FromReplica): void => {
    port.postMessage(message);
    if (message.kind === 'closed') port.close();
  };
  try {
    const host = await startReplica(workerData as ReplicaWorkerData, send);
    for (const message of early) host.take(message);
    take = (message) => host.take(message);
  } catch (error) {
    send({ kind: 'failed', error: plainError(error) });
    port.close();
  }
}
