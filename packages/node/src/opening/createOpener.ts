import { fileURLToPath } from 'node:url';
import type { Network } from '@plimsoll/api';
import { Piscina } from 'piscina';
import type { Opener } from '../parts.ts';
import type { BatchAnswers } from './batch.ts';
import { createGatheringOpener, type OpenedBatch } from './gatheringOpener.ts';

export interface OpenerOptions {
  readonly network: Network;
  readonly threads: number;
  readonly onBatch?: (batch: OpenedBatch) => void;
  /** Signatures that may wait, a quarter of them of one source; 32,768 unless said. */
  readonly waitingMax?: number;
  /** Called once when the native library does not load, and JavaScript opens: some 20x slower. */
  readonly onFallback?: (reason: string) => void;
}

/**
 * One batch is opened while the next one waits at the thread's door: it does not stand idle for as
 * long as the asking thread is busy with a block.
 */
const LANES_PER_THREAD = 2;

/** Resolves when every thread has loaded what it opens with. */
export async function createOpener(options: OpenerOptions): Promise<Opener> {
  const { network, threads, onBatch, onFallback, waitingMax } = options;
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./openWorker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: LANES_PER_THREAD,
    workerData: network,
    // A thread runs the build, whatever loader or condition the process was started with.
    execArgv: [],
    recordTiming: false,
  });
  const thread: { fallbackReason: string | undefined } = await pool.run(undefined, {
    name: 'describeThread',
  });
  if (thread.fallbackReason !== undefined) onFallback?.(thread.fallbackReason);
  return createGatheringOpener({
    lanes: threads * LANES_PER_THREAD,
    send: (requests): Promise<BatchAnswers> =>
      pool.run(requests, {
        name: 'openRequests',
        transferList: [requests.buffer as ArrayBuffer],
      }),
    close: () => pool.destroy(),
    onBatch,
    waitingMax,
  });
}
