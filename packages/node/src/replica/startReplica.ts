import { createFeeds } from '../feeds/index.ts';
import { hashPairsNative } from '../hashing.ts';
import { openStore, recover } from '../store/index.ts';
import { answerQuestion } from '../views/index.ts';
import { type FromReplica, plainError, type ReplicaWorkerData } from './messages.ts';
import { openReplica } from './openReplica.ts';
import { ReplicaHost, reportOf } from './replicaHost.ts';

/** Everything the replica's thread does, wired to the real parts. */
export async function startReplica(
  data: ReplicaWorkerData,
  send: (message: FromReplica) => void,
): Promise<ReplicaHost> {
  const { directory, snapshotsKept, waitMs } = data;
  const store = await openStore({ directory, isReadOnly: true, snapshotsKept });
  try {
    const core = await openReplica({
      store,
      recover,
      hashPairs: hashPairsNative,
      answer: answerQuestion,
      createFeeds: (machine, history) => createFeeds(machine, { history }),
      waitMs,
      onProgress: (height, head) => send({ kind: 'progress', height, head }),
      onHistory: (progress) => send({ kind: 'history', progress }),
      onWarning: (error) => send({ kind: 'warning', error: plainError(error) }),
    });
    const host = new ReplicaHost({ ...data, core, store, send });
    send({ kind: 'ready', report: reportOf(core) });
    return host;
  } catch (error) {
    await store.close();
    throw error;
  }
}
