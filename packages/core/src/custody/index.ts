// Custody: what comes in and what goes out. Keeps true: each deposit and withdrawal takes effect
// once (I12); whoever signs, the outflow of an asset in any window w is at most its capacity × (1 +
// w/day), and small requests cannot be crowded out (I11). Start at deposit.ts, withdraw.ts and
// release.ts; the formulas stand in outflow.ts.

export { capacityNow, startOutflow } from './bucket.ts';
export { CHAINS, CUSTODY_MAX, deposit } from './deposit.ts';
export { custodyErrors } from './invariants.ts';
export {
  type Bucket,
  fullBucket,
  guardedCapacity,
  isSmallRequest,
  outflowCapacity,
  refill,
} from './outflow.ts';
export { releaseWithdrawals } from './release.ts';
export { settleWithdrawal, withdraw } from './withdraw.ts';
