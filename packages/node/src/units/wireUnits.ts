import { priceText, type WireAsset, type WireUnits } from '@plimsoll/api/wire';
import type { State } from '@plimsoll/core/state';
import { marketUnits, priceDecimalsOf } from './marketUnits.ts';
import { isAsset, isInstrument, isUnderlying, nameOf } from './names.ts';

const unitsOfStates = new WeakMap<State, WireUnits>();

/** How everything of a machine is written, in whatever state it is; made once. */
export function wireUnits(state: State): WireUnits {
  const known = unitsOfStates.get(state);
  if (known !== undefined) return known;
  const made = createWireUnits(state);
  unitsOfStates.set(state, made);
  return made;
}

function createWireUnits(state: State): WireUnits {
  const { assets, underlyings } = state;
  /** Neither name nor decimals of an asset ever change. */
  const written: WireAsset[] = [];
  return {
    asset: (id) => {
      const asset = written[id];
      if (asset !== undefined || !isAsset(state, id)) return asset;
      const made = { name: nameOf(assets.name, id).text, decimals: assets.decimals.get(id) };
      written[id] = made;
      return made;
    },
    underlying: (id) => {
      if (!isUnderlying(state, id)) return undefined;
      const decimals = priceDecimalsOf(state, id);
      const name = nameOf(underlyings.name, id).text;
      return { name, price: (units) => priceText(units, decimals) };
    },
    instrument: (id) => (isInstrument(state, id) ? marketUnits(state, id) : undefined),
  };
}
