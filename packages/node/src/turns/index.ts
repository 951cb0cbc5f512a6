// What comes in takes turns, so that nobody's flood holds up the others. Keeps true: one turn of
// the event loop does a bounded amount of work for all who ask, sources get equal parts of it, and
// what one source sent stays in its order. Start at turns.ts; gate.ts bounds what is asked of the
// replica. Spec: node 1.6.
export { FairQueue, type Source } from './fairQueue.ts';
export { createGate } from './gate.ts';
export { ingressByTurns } from './ingressByTurns.ts';
export { Turns } from './turns.ts';
