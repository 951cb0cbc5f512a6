// What the channels of the stream say, made out of applied blocks in the replica. Keeps true: a
// snapshot with the updates after it is the machine's own state after every block, and what a block
// costs follows from what it touched. Start at createFeeds.ts.
export { createFeeds } from './createFeeds.ts';
export type { AppliedBlock, FeedBuilder } from './feedBuilder.ts';
