// A whole market on one machine: a node on its store, publishers and a crowd of clients in other
// processes. Keeps true: everything goes through the node's doors, signed; keys are worthless and
// say so; what was acknowledged is in the store, and a second start goes on from it. Start at
// playDemo.ts.
export { addDemo } from './demo.ts';
