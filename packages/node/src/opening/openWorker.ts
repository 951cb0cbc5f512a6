// The entry of a thread that opens signatures. Its logic is openSignature.ts.
import type { Network } from '@plimsoll/api';
import { workerData } from 'piscina';
import type { BatchAnswers } from './batch.ts';
import { type CurveName, loadCurve } from './curve.ts';
import { openBatch } from './openBatch.ts';
import { createOpenSignature } from './openSignature.ts';

const curve = await loadCurve();
const openSignature = createOpenSignature(workerData as Network, curve);

/** What this thread opens with. */
export function describeThread(): { curve: CurveName; fallbackReason: string | undefined } {
  return { curve: curve.name, fallbackReason: curve.fallbackReason };
}

export function openRequests(requests: Uint8Array): BatchAnswers {
  return openBatch(requests, openSignature);
}
