// Checkers: what must always be true (the invariants I1 to I14), asked after every block by code
// that shares nothing with the machine's: rows are read anew, sums made anew, margins computed
// anew. Keeps true: a checker reads only, and says with figures what does not hold. Start at
// checker.ts, then suite.ts for the list.
export type { CheckContext, Checker, Violation } from './checker.ts';
export type { Reading } from './reading.ts';
export { allCheckers, Checkers, createCheckers } from './suite.ts';
