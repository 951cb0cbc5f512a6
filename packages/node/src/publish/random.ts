/** A stream of random numbers that a seed fixes, on every engine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
}

/** sfc32 over a hash of the text: two texts give two unrelated streams. */
export function randomOf(seed: string): Random {
  const state = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762].map((start) => {
    let hash = start;
    for (let at = 0; at < seed.length; at++) {
      hash = Math.imul(hash ^ seed.charCodeAt(at), 2_654_435_761);
      hash = (hash << 13) | (hash >>> 19);
    }
    return hash;
  });
  let [a = 0, b = 0, c = 0, d = 0] = state;
  const uniform = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let at = 0; at < 16; at++) uniform();
  // The sum of twelve uniforms: no logarithm, whose last bit is the engine's choice.
  const normal = (): number => {
    let sum = -6;
    for (let at = 0; at < 12; at++) sum += uniform();
    return sum;
  };
  return { uniform, normal };
}
