// How much of which leg is closed (rule F9): the least that restores health. Spec: liquidation 3.

const PPM = 1_000_000;

export interface EpsilonInput {
  /** Marginal maintenance rate of the leg under the account's model, ppm. */
  readonly maintenancePpm: number;
  /** Expected cost of the fill against mark, ppm. */
  readonly costPpm: number;
  /** Liquidation, insurance and taker fee, ppm. */
  readonly feePpm: number;
  /** b: the target is margin balance ≥ (1 + b)·maintenance. */
  readonly bufferPpm: number;
}

/** ε = (1 + b)·m − δ − φ in ppm: health against the target that one unit of notional restores. */
export function restoredPpm(input: EpsilonInput): number {
  const { maintenancePpm, costPpm, feePpm, bufferPpm } = input;
  return ((PPM + bufferPpm) * maintenancePpm) / PPM - costPpm - feePpm;
}

export interface CloseOutLeg {
  readonly instrument: number;
  /** `restoredPpm` of the leg. */
  readonly epsilonPpm: number;
  readonly notional: number;
}

/**
 * In which order legs are closed, as indices: most health per notional first (so that legs which
 * restore none come last), ties by larger notional, then by lower instrument.
 * Spec: liquidation 3.2.
 */
export function closeOutOrder(legs: readonly CloseOutLeg[]): number[] {
  return legs
    .map((leg, index) => ({ leg, index }))
    .sort(
      (a, b) =>
        b.leg.epsilonPpm - a.leg.epsilonPpm ||
        b.leg.notional - a.leg.notional ||
        a.leg.instrument - b.leg.instrument,
    )
    .map(({ index }) => index);
}

export interface ClosedFormInput {
  readonly marginBalance: number;
  readonly maintenanceMargin: number;
  readonly bufferPpm: number;
  /** `restoredPpm` of the leg. */
  readonly epsilonPpm: number;
  /** Price × multiplier. */
  readonly notionalPerLot: number;
  readonly sizeMax: number;
}

/**
 * ⌈((1 + b)·MM − MB)/(v·p·ε)⌉ for a flat tier and a flat cost, in 0 .. sizeMax: exact there up to
 * the last bit of a double, and a first guess for `leastSize` everywhere. Spec: liquidation 3.4.
 */
export function closedFormSize(input: ClosedFormInput): number {
  const { marginBalance, maintenanceMargin, bufferPpm, epsilonPpm, notionalPerLot, sizeMax } =
    input;
  const shortage = ((PPM + bufferPpm) * maintenanceMargin) / PPM - marginBalance;
  if (shortage <= 0) return 0;
  if (epsilonPpm <= 0) return sizeMax;
  return Math.min(sizeMax, Math.ceil((shortage * PPM) / (notionalPerLot * epsilonPpm)));
}

/**
 * The smallest size in 1 .. sizeMax for which `restores` holds, 0 when it holds for none.
 * `restores` has to be monotone, which it is while prices stay inside the limit. A good guess makes
 * it two calls, a bad one costs twice the logarithm of the distance. Spec: liquidation 3.3.
 */
export function leastSize(
  sizeMax: number,
  restores: (size: number) => boolean,
  guess: number = sizeMax,
): number {
  // low does not restore, high does; 0 and sizeMax + 1 stand for sizes that were never asked.
  let low = 0;
  let high = sizeMax + 1;
  let step = 1;
  let probe = Math.min(sizeMax, Math.max(1, guess));
  let isGalloping = true;
  let cameDown: boolean | undefined;
  while (low + 1 < high) {
    const goesDown = restores(probe);
    if (goesDown) high = probe;
    else low = probe;
    if (cameDown !== undefined && cameDown !== goesDown) isGalloping = false;
    cameDown = goesDown;
    const gallop = goesDown ? probe - step : probe + step;
    const isInside = gallop > low && gallop < high;
    probe = isGalloping && isInside ? gallop : low + Math.floor((high - low) / 2);
    step *= 2;
  }
  return high > sizeMax ? 0 : high;
}

export interface BoundedSizeInput {
  /** What `leastSize` found, or the whole leg when nothing restores. */
  readonly size: number;
  /** Lots of the position. */
  readonly positionSize: number;
  /** Lots that this step may take of the book's depth. */
  readonly depthShare: number;
  readonly notionalPerLot: number;
  readonly dustNotional: number;
}

/** The size within the depth share; a rest that is dust goes along. Spec: liquidation 3.5. */
export function boundedSize(input: BoundedSizeInput): number {
  const { size, positionSize, depthShare, notionalPerLot, dustNotional } = input;
  const bounded = Math.min(size, depthShare, positionSize);
  const isDust = (positionSize - bounded) * notionalPerLot < dustNotional;
  return isDust ? positionSize : bounded;
}
