import { type BatchAnswers, decodeRequests, encodeAnswers } from './batch.ts';
import type { OpenSignature } from './openSignature.ts';

/** Opens one message of requests; the bytes hold only during the call. */
export function openBatch(requests: Uint8Array, openSignature: OpenSignature): BatchAnswers {
  return encodeAnswers(decodeRequests(requests).map(openSignature));
}
