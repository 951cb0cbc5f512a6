import { assert, mulDivDown, mulDivDownNumber, toDouble } from '../math/index.ts';
import { least, sumOf } from './amounts.ts';

// Every pro-rata split of money or of lots. Callers give the weights in account-id order, so that
// the result does not depend on where anything lies. Spec: ledger 2.

/**
 * ⌊total × cumulated / weightSum⌋: what the accounts up to a point get together. The part of one
 * account is the difference of two neighbours, for callers that walk columns and keep no array.
 */
export function cutAt(total: bigint, cumulated: bigint, weightSum: bigint): bigint {
  return mulDivDown(total, cumulated, weightSum);
}

/**
 * The Σ-cut: `total` by `weights`. The parts sum to `total` exactly and each is within 1 of its
 * exact share. `total` may be negative. Spec: ledger 2.1.
 *
 * @throws InvariantError when a weight is negative, or all are 0 while `total` is not.
 */
export function split(total: bigint, weights: ArrayLike<bigint>): bigint[] {
  const weightSum = sumOf(weights);
  const parts = new Array<bigint>(weights.length).fill(0n);
  if (total === 0n) return parts;
  assert(weightSum > 0n, 'a split has a positive weight', { total, accounts: weights.length });
  let cumulated = 0n;
  let before = 0n;
  for (let i = 0; i < parts.length; i++) {
    cumulated += at(weights, i);
    const after = cutAt(total, cumulated, weightSum);
    parts[i] = after - before;
    before = after;
  }
  return parts;
}

/** The Σ-cut of exact integers held as numbers, for lots by lots. Spec: ledger 2.1. */
export function splitSizes(total: number, weights: ArrayLike<number>): number[] {
  let weightSum = 0;
  for (let i = 0; i < weights.length; i++) weightSum += sizeAt(weights, i);
  const parts = new Array<number>(weights.length).fill(0);
  if (total === 0) return parts;
  assert(weightSum > 0, 'a split has a positive weight', { total, accounts: weights.length });
  assert(Number.isSafeInteger(weightSum), 'weights sum to a safe integer', { weightSum });
  let cumulated = 0;
  let before = 0;
  for (let i = 0; i < parts.length; i++) {
    cumulated += sizeAt(weights, i);
    const after = mulDivDownNumber(total, cumulated, weightSum);
    parts[i] = after - before;
    before = after;
  }
  return parts;
}

/**
 * The Σ-cut under caps: whoever's proportional share reaches its cap gets the cap, the rest is cut
 * among the others, again and again until nobody new is capped. The parts sum to
 * min(total, Σ caps of positive weights) and none is above its cap. Spec: ledger 2.3.
 *
 * Repeating the rule is one sweep over the accounts by cap ÷ weight: fixing one only raises the
 * share of the others, so that the order in which they are fixed is that order. The repeated form
 * takes a round per account in the worst case, which a crowd of accounts could bring about.
 *
 * @throws InvariantError when a weight, a cap or `total` is negative.
 */
export function splitCapped(
  total: bigint,
  weights: ArrayLike<bigint>,
  caps: ArrayLike<bigint>,
): bigint[] {
  assert(total >= 0n, 'what is split under caps is not negative', { total });
  assert(weights.length === caps.length, 'each weight has its cap');
  const parts = new Array<bigint>(weights.length).fill(0n);
  const order: number[] = [];
  let capSum = 0n;
  let weightLeft = 0n;
  for (let i = 0; i < parts.length; i++) {
    const weight = at(weights, i);
    const cap = at(caps, i);
    if (weight === 0n || cap === 0n) continue;
    order.push(i);
    capSum += cap;
    weightLeft += weight;
  }
  sortByRatio(order, caps, weights);
  let left = least(total, capSum);
  let fixed = 0;
  for (const i of order) {
    const weight = at(weights, i);
    const cap = at(caps, i);
    if (left * weight < cap * weightLeft) break;
    parts[i] = cap;
    left -= cap;
    weightLeft -= weight;
    fixed++;
  }
  const open = order.slice(fixed).sort((a, b) => a - b);
  const cut = split(
    left,
    open.map((i) => at(weights, i)),
  );
  for (let k = 0; k < open.length; k++) parts[open[k] ?? 0] = at(cut, k);
  return parts;
}

/** Sorts indices by numerator ÷ denominator up, ties by index: exact, doubles only screen. */
function sortByRatio(
  order: number[],
  numerators: ArrayLike<bigint>,
  denominators: ArrayLike<bigint>,
): void {
  const keys = new Float64Array(numerators.length);
  for (const i of order) keys[i] = toDouble(at(numerators, i)) / toDouble(at(denominators, i));
  order.sort((a, b) => {
    const keyA = keys[a] ?? 0;
    const keyB = keys[b] ?? 0;
    // Three roundings are below 1e-15 of a key: farther apart than 1e-12 they order truly.
    if (Math.abs(keyA - keyB) > 1e-12 * Math.max(keyA, keyB)) return keyA - keyB;
    const left = at(numerators, a) * at(denominators, b);
    const right = at(numerators, b) * at(denominators, a);
    if (left !== right) return left < right ? -1 : 1;
    return a - b;
  });
}

function at(values: ArrayLike<bigint>, index: number): bigint {
  const value = values[index] ?? 0n;
  assert(value >= 0n, 'a weight is not negative', { value });
  return value;
}

function sizeAt(values: ArrayLike<number>, index: number): number {
  const value = values[index] ?? 0;
  assert(Number.isSafeInteger(value) && value >= 0, 'a weight is an integer of at least 0', {
    value,
  });
  return value;
}
