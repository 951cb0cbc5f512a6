import { fundingOwedDouble } from '../positions/index.ts';
import { INDEX_STATUS, SETTLEMENT_ASSET } from '../schema/index.ts';
import { type State, timeMs } from '../state/index.ts';
import { balanceParts, maintenanceTiers } from './explain.ts';
import { maintenanceMargin } from './formulas/requirement.ts';
import { equity, health } from './kernel.ts';

// Whether an account may be liquidated (rule F6, F7): health below zero at mark and at the hour's
// basis price, with every doubtful index at its favorable end, and no grace. Spec: margin 9.

/** What `liquidationVerdict` says. Below maintenance, 'evidence' and 'grace' say why it waits. */
export const VERDICT = { healthy: 0, liquidatable: 1, evidence: 2, grace: 3 } as const;

/** Which price of an instrument a measurement takes. */
type PriceColumn = 'markPrice' | 'indexMark';

/** Whether an account is liquidatable on lawful evidence now. */
export function isLiquidatable(state: State, account: number): boolean {
  return liquidationVerdict(state, account) === VERDICT.liquidatable;
}

/**
 * Judges an account: `healthy` at the mark; below maintenance there but not on other lawful
 * evidence (`evidence`); below on all evidence but given time (`grace`, never with equity below
 * zero); or `liquidatable`.
 */
export function liquidationVerdict(state: State, account: number): number {
  if (health(state, account) >= 0) return VERDICT.healthy;
  const isDoubtful = hasDoubt(state, account);
  if (healthAt(state, account, { price: 'indexMark', isFavorable: isDoubtful }) >= 0) {
    return VERDICT.evidence;
  }
  if (isDoubtful && healthAt(state, account, { price: 'markPrice', isFavorable: true }) >= 0) {
    return VERDICT.evidence;
  }
  return isSpared(state, account) ? VERDICT.grace : VERDICT.liquidatable;
}

/** What a health is measured at. */
export interface HealthReading {
  readonly price: PriceColumn;
  /** Every underlying at the end of its plausible range that is better for the account. */
  readonly isFavorable: boolean;
}

/**
 * Margin balance − maintenance at other prices than the marks, settlement units. At 'markPrice' and
 * not favorable the bits are those of `health`.
 */
export function healthAt(state: State, account: number, reading: HealthReading): number {
  const { accounts, positions, instruments } = state;
  const first = accounts.positionBase.get(account);
  const end = first + accounts.positionCount.get(account);
  let unrealized = 0;
  let funding = 0;
  let required = 0;
  for (let row = first; row < end; row++) {
    const size = positions.size.get(row);
    if (size === 0) continue;
    const instrument = positions.instrument.get(row);
    const move = reading.isFavorable ? favorableMove(state, account, instrument) : 1;
    const price = instruments[reading.price].get(instrument) * move;
    const signed = size * price * instruments.multiplier.get(instrument);
    unrealized += signed - positions.entry.double(row);
    funding += fundingOwedDouble(state, row);
    required += maintenanceMargin(
      maintenanceTiers(state, instrument),
      Math.abs(signed),
      instruments.maintenanceRate.get(instrument),
    );
  }
  const collateral = collateralAt(state, account, reading.isFavorable);
  return collateral + unrealized - funding - required;
}

/**
 * The factor that moves an underlying's prices to the end of its plausible range that is better for
 * the account: the high end when its net delta there is long, else the low one. 1 while it is ok.
 */
function favorableMove(state: State, account: number, instrument: number): number {
  const { underlyings, instruments } = state;
  const underlying = instruments.underlying.get(instrument);
  const index = underlyings.index.get(underlying);
  if (underlyings.status.get(underlying) === INDEX_STATUS.ok || index <= 0) return 1;
  const isLong = netDelta(state, account, underlying) >= 0;
  const end = isLong
    ? underlyings.plausibleHigh.get(underlying)
    : underlyings.plausibleLow.get(underlying);
  return end / index;
}

/** Σ q·p·v over the positions of an account in an underlying, settlement units. */
function netDelta(state: State, account: number, underlying: number): number {
  const { accounts, positions, instruments } = state;
  const first = accounts.positionBase.get(account);
  let delta = 0;
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const instrument = positions.instrument.get(row);
    if (instruments.underlying.get(instrument) !== underlying) continue;
    const price = instruments.markPrice.get(instrument);
    delta += positions.size.get(row) * price * instruments.multiplier.get(instrument);
  }
  return delta;
}

/** Collateral at maintenance weights: held at the ceiling, owed at the floor when favorable. */
function collateralAt(state: State, account: number, isFavorable: boolean): number {
  let collateral = 0;
  for (const part of balanceParts(state, account)) {
    if (!isFavorable || part.asset === SETTLEMENT_ASSET) {
      collateral += part.maintenanceValue;
      continue;
    }
    const { priceCeiling, priceFloor } = state.assets;
    const price = (part.held >= 0 ? priceCeiling : priceFloor).get(part.asset);
    collateral += part.held * price * part.maintenanceWeight;
  }
  return collateral;
}

/** Whether an index that the account's health reads is not ok. */
function hasDoubt(state: State, account: number): boolean {
  return someUnderlying(state, account, (underlying) => {
    return state.underlyings.status.get(underlying) !== INDEX_STATUS.ok;
  });
}

/** Grace after a halt: while an underlying of the account has it, unless equity is below zero. */
function isSpared(state: State, account: number): boolean {
  const now = timeMs(state);
  const hasGrace = someUnderlying(state, account, (underlying) => {
    return state.underlyings.graceUntilMs.get(underlying) > now;
  });
  return hasGrace && equity(state, account) >= 0;
}

/** Whether a test holds of an underlying of the account's positions or priced balances. */
function someUnderlying(
  state: State,
  account: number,
  test: (underlying: number) => boolean,
): boolean {
  const { accounts, positions, balances, instruments, assets } = state;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    if (positions.size.get(row) === 0) continue;
    if (test(instruments.underlying.get(positions.instrument.get(row)))) return true;
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const underlying = assets.underlying.get(balances.asset.get(row));
    if (underlying !== 0 && test(underlying)) return true;
  }
  return false;
}
