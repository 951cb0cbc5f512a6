// The verbs that run something: a node, a publisher, and the keys they need. Keeps true: what runs
// ends cleanly on SIGINT and SIGTERM, and says why it ended. Start at node.ts.
export { addKeys } from './keys.ts';
export { addNode } from './node.ts';
export { addPublish } from './publish.ts';
export { fired, stopSignal } from './stopSignal.ts';
