// The WebSocket of a node. Keeps true: what a client gets of a topic has no gap and no duplicate;
// what one client does, however hostile, costs the others nothing that is not bounded here. Start
// at createStream.ts, then session.ts (one connection) and hub.ts (topics and who listens).
export { createStream, type Stream } from './createStream.ts';
