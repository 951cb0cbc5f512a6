import { least } from '../ledger/index.ts';
import { amountOf, assert, divDown, divUp, integerOf, mulDivDown } from '../math/index.ts';

// How fast an asset may leave (rule F15): one bucket per asset and chain. Spec: custody 3.

const DAY_MS = 86_400_000;
const PPM = 1_000_000n;
/** The small lane's part of the bucket: one fifth. */
const laneDivisor = 5n;
/** A request is small up to this fraction of the capacity. */
const smallDivisor = 1000n;
/** Guardians may lower the capacity to this fraction. */
const guardianDivisor = 10n;

/** C = max(C_min, ⌊γ·least custody of the last 24 h⌋). */
export function outflowCapacity(floor: bigint, leastCustody: bigint, ratioPpm: number): bigint {
  const part = mulDivDown(leastCustody, amountOf(ratioPpm), PPM);
  return part > floor ? part : floor;
}

/** The capacity under a guardian's act: what was set, but never below a tenth, up. */
export function guardedCapacity(capacity: bigint, guardian: bigint): bigint {
  const tenth = divUp(capacity, guardianDivisor);
  return guardian > tenth ? least(guardian, capacity) : tenth;
}

export interface Bucket {
  /** What may leave now, the lane included. */
  readonly level: bigint;
  /** The part of `level` that only small requests of older accounts may use. */
  readonly lane: bigint;
  /** Refill not yet a unit, in units per day-millisecond: 0 .. 86,399,999. */
  readonly carry: number;
  /** Refill of the lane not yet a unit, in fifths: 0 .. 4. */
  readonly laneCarry: number;
}

/** A bucket that is full. */
export function fullBucket(capacity: bigint): Bucket {
  return { level: capacity, lane: divDown(capacity, laneDivisor), carry: 0, laneCarry: 0 };
}

/**
 * The bucket `dtMs` later: ⌊(C·dt + carry) ÷ a day⌋ is added up to the capacity, a fifth of it to
 * the lane; what is left over is carried. A full bucket has a full lane and carries nothing.
 * Deposits never refill. Spec: custody 3.2.
 */
export function refill(bucket: Bucket, capacity: bigint, dtMs: number): Bucket {
  assert(dtMs >= 0, 'block time does not go back', { dtMs });
  const day = amountOf(DAY_MS);
  const parts = capacity * amountOf(dtMs) + amountOf(bucket.carry);
  const added = divDown(parts, day);
  if (bucket.level + added >= capacity) return fullBucket(capacity);
  const level = bucket.level + added;
  const laneParts = added + amountOf(bucket.laneCarry);
  const laneAdded = divDown(laneParts, laneDivisor);
  return {
    level,
    lane: least(level, least(bucket.lane + laneAdded, divDown(capacity, laneDivisor))),
    carry: integerOf(parts - added * day),
    laneCarry: integerOf(laneParts - laneAdded * laneDivisor),
  };
}

/** True for a request that may use the lane: at most C/1000, from an account older than 24 h. */
export function isSmallRequest(amount: bigint, capacity: bigint, accountAgeMs: number): boolean {
  return amount * smallDivisor <= capacity && accountAgeMs > DAY_MS;
}
