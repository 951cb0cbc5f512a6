// Views: the answers to the routes, read from the machine, the history index and the stored blocks.
// Keeps true: nothing is changed by reading; an answer has the shape that its route promises; every
// route of the replica has a view. Start at answerQuestion.ts, then marketViews.ts and
// marginParts.ts.
export { answerQuestion, views } from './answerQuestion.ts';
export type { ReadContext } from './context.ts';
