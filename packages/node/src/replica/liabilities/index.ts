// What the node owes, at checkpoints: a tree per asset with claims and debts in two sums, and lines
// that add up to custody. Keeps true: built from one state, published only when it adds up, and
// proved as @plimsoll/api/proofs verifies it. Start at checkpoint.ts; docs/spec/liabilities.md.
export {
  type LiabilityCheckpoint,
  proveLiabilities,
  takeCheckpoint,
} from './checkpoint.ts';
