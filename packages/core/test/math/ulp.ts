const view = new DataView(new ArrayBuffer(8));

/** The double's place in the order of all doubles: neighbours differ by 1. */
function place(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -0x8000000000000000n - bits : bits;
}

/** How many steps of a double lie between `a` and `b`. */
export function ulpDistance(a: number, b: number): number {
  const distance = place(a) - place(b);
  return Number(distance < 0n ? -distance : distance);
}
