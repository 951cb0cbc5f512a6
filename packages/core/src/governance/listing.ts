import { startOutflow } from '../custody/index.ts';
import { bucketStart } from '../ledger/index.ts';
import { integerOf } from '../math/index.ts';
import { tierDeductions } from '../risk/index.ts';
import {
  type ActionOf,
  accepted,
  type Code,
  globalParameters,
  MARKET_STATE,
  PARAMETERS_PER_ROW,
  type ParameterScope,
  rejections,
  SETTLEMENT_ASSET,
  TIERS_MAX,
} from '../schema/index.ts';
import {
  type Caller,
  globalParameter,
  refuse,
  type State,
  timeMs,
  underlyingExists,
} from '../state/index.ts';
import { rowProblem } from './changes.ts';
import { initParameters, parameterById, parameterColumn } from './initParameters.ts';
import { isName, writeName } from './names.ts';
import { proposeOpening } from './proposals.ts';
import { weightsProblem } from './publishers.ts';

const DECIMALS_MAX = 18;
const TICK_MAX = 2_147_483_647;

/** What a collateral asset is. One unit is worth index price × numerator ÷ denominator. */
export interface AssetListing {
  readonly name: string;
  readonly decimals: number;
  /** Whose index prices it; 0 for the settlement asset. */
  readonly underlying: number;
  readonly valueNumerator: number;
  readonly valueDenominator: number;
}

/**
 * Adds the row of an asset and returns its id. The first one is the settlement asset: worth 1, with
 * no haircut and no ramp. The caller has checked that there is room.
 */
export function createAsset(state: State, listing: AssetListing): number {
  const { assets, machine } = state;
  const asset = machine.assetCount.get(0) + 1;
  const now = timeMs(state);
  machine.assetCount.set(0, asset);
  writeName(assets.name, asset, listing.name);
  assets.decimals.set(asset, listing.decimals);
  assets.underlying.set(asset, listing.underlying);
  assets.valueNumerator.set(asset, listing.valueNumerator);
  assets.valueDenominator.set(asset, listing.valueDenominator);
  assets.accruedMs.set(asset, now);
  assets.listedMs.set(asset, now);
  if (asset === SETTLEMENT_ASSET) {
    initParameters(state, 'asset', asset, {
      haircutInitialPpm: 0,
      haircutMaintenancePpm: 0,
      liabilityInitialPpm: 0,
      liabilityMaintenancePpm: 0,
    });
  } else {
    initParameters(state, 'asset', asset);
    assets.rampedMs.set(asset, now + globalParameter(state, globalParameters.listingNoticeMs));
  }
  startOutflow(state, asset);
  return asset;
}

/**
 * Lists a collateral asset; its weight rises from 0 over the listing notice. Spec: governance 2.
 */
export function listAsset(state: State, action: ActionOf<'listAsset'>, _caller: Caller): Code {
  const { name, decimals, underlying, valueNumerator, valueDenominator } = action;
  if (!underlyingExists(state, underlying)) {
    return refuse(state, rejections.underlyingUnknown, { underlying });
  }
  if (!isName(name)) return refuse(state, rejections.listingInvalid, { check: 'name' });
  if (!(decimals <= DECIMALS_MAX)) {
    return refuse(state, rejections.listingInvalid, { check: 'decimals', decimals });
  }
  if (!(valueNumerator >= 1 && valueDenominator >= 1)) {
    return refuse(state, rejections.listingInvalid, { check: 'value', valueNumerator });
  }
  if (state.machine.assetCount.get(0) + 1 >= state.limits.assetsMax) {
    return refuse(state, rejections.listingsFull);
  }
  const weights = weightsProblem(state, underlying);
  if (weights !== undefined) return refuse(state, rejections.publisherWeight, weights);
  const asset = createAsset(state, action);
  const code = finishRow(state, { scope: 'asset', target: asset, values: action.parameters });
  if (code !== accepted) return code;
  startOutflow(state, asset);
  state.events.push({ kind: 'assetListed', asset, name });
  return accepted;
}

/** Lists an underlying; its index starts with its first aggregates. Spec: governance 2. */
export function listUnderlying(
  state: State,
  action: ActionOf<'listUnderlying'>,
  _caller: Caller,
): Code {
  const { name } = action;
  if (!isName(name)) return refuse(state, rejections.listingInvalid, { check: 'name' });
  const underlying = state.machine.underlyingCount.get(0) + 1;
  if (underlying >= state.limits.underlyingsMax) return refuse(state, rejections.listingsFull);
  state.machine.underlyingCount.set(0, underlying);
  writeName(state.underlyings.name, underlying, name);
  initParameters(state, 'underlying', underlying);
  const row = { scope: 'underlying', target: underlying, values: action.parameters } as const;
  const code = finishRow(state, row);
  if (code !== accepted) return code;
  state.events.push({ kind: 'underlyingListed', underlying, name });
  return accepted;
}

/** Lists a perpetual; it opens after the listing notice. Spec: governance 2. */
export function listInstrument(
  state: State,
  action: ActionOf<'listInstrument'>,
  _caller: Caller,
): Code {
  const refusal = judgeInstrument(state, action);
  if (refusal !== accepted) return refusal;
  const { name, underlying, multiplier, tickSize } = action;
  const { instruments } = state;
  const instrument = state.machine.instrumentCount.get(0) + 1;
  state.machine.instrumentCount.set(0, instrument);
  writeName(instruments.name, instrument, name);
  instruments.underlying.set(instrument, underlying);
  instruments.multiplier.set(instrument, multiplier);
  instruments.tickSize.set(instrument, tickSize);
  instruments.state.set(instrument, MARKET_STATE.proposed);
  instruments.paidHourMs.set(instrument, bucketStart(timeMs(state)));
  writeTiers(state, instrument, action.tiers);
  initParameters(state, 'instrument', instrument);
  const row = { scope: 'instrument', target: instrument, values: action.parameters } as const;
  const code = finishRow(state, row);
  if (code !== accepted) return code;
  const opensMs = timeMs(state) + globalParameter(state, globalParameters.listingNoticeMs);
  state.events.push({ kind: 'instrumentListed', instrument, name, opensMs });
  return proposeOpening(state, instrument, opensMs);
}

function judgeInstrument(state: State, action: ActionOf<'listInstrument'>): Code {
  const { name, underlying, multiplier, tickSize, tiers } = action;
  if (!underlyingExists(state, underlying)) {
    return refuse(state, rejections.underlyingUnknown, { underlying });
  }
  if (!isName(name)) return refuse(state, rejections.listingInvalid, { check: 'name' });
  if (!(multiplier >= 1)) {
    return refuse(state, rejections.listingInvalid, { check: 'v >= 1', multiplier });
  }
  if (!(tickSize >= 1 && tickSize <= TICK_MAX)) {
    return refuse(state, rejections.listingInvalid, { check: 'tick size', tickSize });
  }
  if (tiers.length < 1 || tiers.length > TIERS_MAX) {
    return refuse(state, rejections.listingInvalid, { check: 'tier count', tiers: tiers.length });
  }
  if (state.machine.instrumentCount.get(0) + 1 >= state.limits.instrumentsMax) {
    return refuse(state, rejections.listingsFull);
  }
  const problem = weightsProblem(state, underlying);
  return problem === undefined ? accepted : refuse(state, rejections.publisherWeight, problem);
}

function writeTiers(
  state: State,
  instrument: number,
  tiers: ActionOf<'listInstrument'>['tiers'],
): void {
  const { instruments } = state;
  const deductions = tierDeductions(tiers);
  instruments.tierCount.set(instrument, tiers.length);
  tiers.forEach((tier, n) => {
    const cell = instrument * TIERS_MAX + n;
    instruments.tierLow.set(cell, tier.lowerBound);
    instruments.tierInitial.set(cell, tier.initialPpm);
    instruments.tierMaintenance.set(cell, tier.maintenancePpm);
    instruments.tierInitialDeduction.set(cell, deductions.initial[n] ?? 0);
    instruments.tierMaintenanceDeduction.set(cell, deductions.maintenance[n] ?? 0);
  });
}

/**
 * Writes the parameters given with a listing and judges the whole row. Of two values the later
 * holds.
 */
function finishRow(
  state: State,
  row: {
    readonly scope: ParameterScope;
    readonly target: number;
    readonly values: ActionOf<'listUnderlying'>['parameters'];
  },
): Code {
  const { scope, target, values } = row;
  const column = parameterColumn(state, scope);
  for (const { parameter: id, value } of values) {
    const parameter = parameterById(scope, id);
    if (parameter === undefined) return refuse(state, rejections.parameterUnknown, { scope, id });
    const { min, max } = parameter;
    if (value < min || value > max) {
      return refuse(state, rejections.parameterRange, { scope, id, value, min, max });
    }
    column.set(target * PARAMETERS_PER_ROW + id, integerOf(value));
  }
  const problem = rowProblem(state, scope, target);
  return problem === undefined ? accepted : refuse(state, rejections.listingInvalid, problem);
}
