// Opening: bytes and a signature in, who signed out, in worker threads and in batches. Keeps true:
// what is opened has a signature with low s over the digest of exactly those bytes. Start at
// createOpener.ts (the pool), then openSignature.ts (what a worker does with one request).
export { createInProcessOpener } from './createInProcessOpener.ts';
export { createOpener, type OpenerOptions } from './createOpener.ts';
export type { OpenedBatch } from './gatheringOpener.ts';
