/** A price at a time, ms since the start of the scenario; null ends what is known. */
export interface KnownPrice {
  readonly timeMs: number;
  readonly price: number | null;
}

/** A price as a function of time. Times are asked for in ascending order. */
export interface PricePath {
  /** The price, or null where nothing is known. */
  priceAt(timeMs: number): number | null;
}

/**
 * A path through known prices in ascending time. Before the first there is nothing; after the last
 * one it holds. No price is invented across a gap that a null marks.
 */
export function pathThroughPoints(
  points: readonly KnownPrice[],
  between: 'step' | 'line',
): PricePath {
  let next = 0;
  return {
    priceAt(timeMs: number): number | null {
      while (next < points.length && (points[next] as KnownPrice).timeMs <= timeMs) next++;
      const last = points[next - 1];
      if (last === undefined || last.price === null) return null;
      const following = points[next];
      if (between === 'step' || following === undefined || following.price === null) {
        return last.price;
      }
      const share = (timeMs - last.timeMs) / (following.timeMs - last.timeMs);
      return last.price + (following.price - last.price) * share;
    },
  };
}
