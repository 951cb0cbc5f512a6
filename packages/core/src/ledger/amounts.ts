/** The smaller of two amounts. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** max(0, amount). */
export function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

/** The exact sum of amounts. */
export function sumOf(amounts: ArrayLike<bigint>): bigint {
  let sum = 0n;
  for (let i = 0; i < amounts.length; i++) sum += amounts[i] ?? 0n;
  return sum;
}
