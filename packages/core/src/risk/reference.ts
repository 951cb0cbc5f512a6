import type { BalancePart, GainPart, PositionPart } from './explain.ts';
import { RISK } from './kernel.ts';

// The figures of an account as plain sums of its parts, in the stated order: the obvious twin of
// kernel.ts. Spec: margin 7.

/** All in settlement units; the names are those of RISK. */
export type Figures = { readonly [F in keyof typeof RISK]: number } & {
  /** Margin balance − maintenance. */
  readonly health: number;
  /** Initial balance − initial. */
  readonly freeMargin: number;
};

/** What figures are summed from. */
export interface Parts {
  readonly balances: readonly BalancePart[];
  readonly positions: readonly PositionPart[];
  readonly gains: readonly GainPart[];
}

/** Sums parts: each column in the order of its parts, then (collateral + PnL) − funding. */
export function figuresOf(parts: Parts): Figures {
  const { balances, positions, gains } = parts;
  const unrealized = sum(positions, (position) => position.unrealized);
  const funding = sum(positions, (position) => position.funding);
  const maintenance = sum(positions, (position) => position.maintenance);
  const initial = sum(positions, (position) => position.reserve);
  const initialValue = sum(balances, (balance) => balance.initialValue);
  const equity = sum(balances, (balance) => balance.value) + unrealized - funding;
  const maintenanceValue = sum(balances, (balance) => balance.maintenanceValue);
  const marginBalance = maintenanceValue + unrealized - funding;
  const initialBalance = initialValue + sum(gains, (gain) => gain.counted) - funding;
  return {
    equity,
    marginBalance,
    maintenance,
    initialBalance,
    initial,
    notional: sum(positions, (position) => position.notional),
    lockedGain: sum(positions, (position) => position.lockedGain),
    withdrawalBalance: initialValue + sum(gains, (gain) => gain.loss) - funding,
    unrealized,
    funding,
    health: marginBalance - maintenance,
    freeMargin: initialBalance - initial,
  };
}

/** Puts figures where `measure` puts them. */
export function figuresInto(figures: Figures, out: Float64Array): void {
  for (const [name, cell] of Object.entries(RISK)) out[cell] = figures[name as keyof typeof RISK];
}

function sum<T>(parts: readonly T[], figure: (part: T) => number): number {
  let total = 0;
  for (const part of parts) total += figure(part);
  return total;
}
