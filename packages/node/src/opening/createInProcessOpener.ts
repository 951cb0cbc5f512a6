import type { Network } from '@plimsoll/api';
import type { Opener } from '../parts.ts';
import { type CurveName, loadCurve, nobleCurve } from './curve.ts';
import { createGatheringOpener, type OpenedBatch } from './gatheringOpener.ts';
import { openBatch } from './openBatch.ts';
import { createOpenSignature } from './openSignature.ts';

export interface InProcessOpenerOptions {
  readonly network: Network;
  /** Which library; native unless said. */
  readonly curve?: CurveName;
  readonly onBatch?: (batch: OpenedBatch) => void;
  /** Signatures that may wait, a quarter of them of one source; 32,768 unless said. */
  readonly waitingMax?: number;
}

/** The opener without threads: batches and messages are the same, the work is done right here. */
export async function createInProcessOpener(options: InProcessOpenerOptions): Promise<Opener> {
  const { network, onBatch, waitingMax } = options;
  const curve = options.curve === 'noble' ? nobleCurve() : await loadCurve();
  const openSignature = createOpenSignature(network, curve);
  return createGatheringOpener({
    lanes: 1,
    send: async (requests) => openBatch(requests, openSignature),
    close: async () => undefined,
    onBatch,
    waitingMax,
  });
}
