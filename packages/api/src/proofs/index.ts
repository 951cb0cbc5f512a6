// What a node proves, checked with nothing but SHA-256: that an account's rows stand under a state
// root, and that its claims and debts are in the published sums. A proof with any field changed is
// refused. Start at verifyLiabilityProof.ts; the rules are docs/spec/liabilities.md and roots.md.
export { InvalidProofError } from './errors.ts';
export {
  type AmountName,
  depthOf,
  EMPTY_NODE,
  LINE_AMOUNTS,
  type LiabilityLeaf,
  type LiabilityLine,
  type LiabilityNode,
  type LiabilityProof,
  type LiabilityRoot,
  type LineFigures,
  leafNode,
  lineGap,
  parentNode,
  rootOfLines,
  type SumNode,
} from './liabilityLine.ts';
export {
  type AccountProofJson,
  type VerifiedAccount,
  verifyAccountProof,
} from './verifyAccountProof.ts';
export {
  type VerifiedAccountLiabilities,
  type VerifiedLiabilities,
  verifyLiabilityProof,
  verifyLiabilityRoot,
} from './verifyLiabilityProof.ts';
