// Custody: what comes in and what goes out. Keeps true: whoever signs, the outflow of an asset in any
// window w is at most its capacity × (1 + w/day), and small requests cannot be crowded out (I11).
// Start at outflow.ts.

export {
  type Bucket,
  fullBucket,
  guardedCapacity,
  isSmallRequest,
  type OutflowPlan,
  outflowCapacity,
  planOutflow,
  refill,
} from './outflow.ts';
