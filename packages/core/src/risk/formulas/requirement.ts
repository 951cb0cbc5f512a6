// Initial and maintenance margin of one notional (rule F1). Doubles, left to right as written.
// Spec: margin 2.

const PPM = 1_000_000;

/** A margin tier as it is listed: from which notional on which rates hold. */
export interface Tier {
  /** lo_n, settlement units; the first is 0. */
  readonly lowerBound: number;
  readonly initialPpm: number;
  readonly maintenancePpm: number;
}

/** What one kind of margin reads of an instrument's tiers: rate r_n in ppm and ded_n per tier. */
export interface TierTable {
  readonly count: number;
  readonly lows: ArrayLike<number>;
  readonly ratesPpm: ArrayLike<number>;
  readonly deductions: ArrayLike<number>;
}

/** Deductions of both kinds per tier, settlement units, so that T(N) has no step. */
export interface TierDeductions {
  readonly initial: readonly number[];
  readonly maintenance: readonly number[];
}

/** ded_n = ded_{n−1} + lo_n·(r_n − r_{n−1}), ded_0 = 0. Tiers ascend by lower bound. */
export function tierDeductions(tiers: readonly Tier[]): TierDeductions {
  const initial: number[] = [];
  const maintenance: number[] = [];
  let before: Tier | undefined;
  for (const tier of tiers) {
    initial.push(deductionAfter(initial, tier.lowerBound, rise(tier, before, 'initialPpm')));
    maintenance.push(
      deductionAfter(maintenance, tier.lowerBound, rise(tier, before, 'maintenancePpm')),
    );
    before = tier;
  }
  return { initial, maintenance };
}

function deductionAfter(deductions: readonly number[], low: number, rateRise: number): number {
  const last = deductions[deductions.length - 1];
  return last === undefined ? 0 : last + low * rateRise;
}

function rise(tier: Tier, before: Tier | undefined, kind: 'initialPpm' | 'maintenancePpm'): number {
  return tier[kind] / PPM - (before?.[kind] ?? 0) / PPM;
}

/** The table of one kind of margin over listed tiers. */
export function tierTable(tiers: readonly Tier[], kind: 'initial' | 'maintenance'): TierTable {
  return {
    count: tiers.length,
    lows: tiers.map((tier) => tier.lowerBound),
    ratesPpm: tiers.map((tier) => (kind === 'initial' ? tier.initialPpm : tier.maintenancePpm)),
    deductions: tierDeductions(tiers)[kind],
  };
}

/** n: the greatest tier with lo_n ≤ N. */
export function tierOf(table: Pick<TierTable, 'count' | 'lows'>, notional: number): number {
  let tier = 0;
  while (tier + 1 < table.count && (table.lows[tier + 1] as number) <= notional) tier += 1;
  return tier;
}

/** T(N) = N·r_n − ded_n, settlement units. */
export function tierMargin(table: TierTable, notional: number): number {
  const tier = tierOf(table, notional);
  const rate = (table.ratesPpm[tier] as number) / PPM;
  return notional * rate - (table.deductions[tier] as number);
}

/**
 * s = clamp((OI − lo)/(hi − lo), 0, 1): how far open interest has used up what the market bears.
 * Without a range (hi ≤ lo) it is 0 up to lo and 1 above. Settlement units.
 */
export function openInterestScale(openInterest: number, low: number, high: number): number {
  if (openInterest <= low) return 0;
  if (openInterest >= high) return 1;
  return (openInterest - low) / (high - low);
}

/** What raises an initial margin rate above its tiers; fractions. */
export interface InitialRates {
  /** s; 0 in every test but that of a command that grows in the market. */
  readonly scale: number;
  /** volRate: what F5 asks of new risk. */
  readonly volatilityRate: number;
  /** The owner's own least rate. */
  readonly ownRate: number;
}

/** IM = N·max(base + (1 − base)·s, volRate, own) with base = T(N)/N; 0 of 0. */
export function initialMargin(table: TierTable, notional: number, rates: InitialRates): number {
  if (notional === 0) return 0;
  const base = tierMargin(table, notional) / notional;
  const scaled = base + (1 - base) * rates.scale;
  return notional * Math.max(scaled, rates.volatilityRate, rates.ownRate);
}

/** MM = max(T(N), φ_v·N·volRateMM); `volatilityRate` is φ_v × volRateMM already. */
export function maintenanceMargin(
  table: TierTable,
  notional: number,
  volatilityRate: number,
): number {
  return Math.max(tierMargin(table, notional), notional * volatilityRate);
}

/** m: how fast maintenance grows with notional at N, a fraction. Spec: margin 2.5. */
export function marginalMaintenance(
  table: TierTable,
  notional: number,
  volatilityRate: number,
): number {
  const tier = tierOf(table, notional);
  const isByVolatility = notional * volatilityRate > tierMargin(table, notional);
  return isByVolatility ? volatilityRate : (table.ratesPpm[tier] as number) / PPM;
}
