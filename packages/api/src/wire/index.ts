// What goes over the wire beside the machine's own records: receipts and problems. Keeps true: one
// form of error everywhere, with number, sentence, figures and remedy. Start at problem.ts.
export {
  type NodeProblemName,
  nodeProblem,
  nodeProblems,
  type Problem,
  ProblemError,
  type ProblemFigures,
  rejectionProblem,
} from './problem.ts';
export type { PricesReceipt, Receipt } from './receipt.ts';
