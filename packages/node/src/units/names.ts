import { readName } from '@plimsoll/core/governance';
import type { State } from '@plimsoll/core/state';

/** A name, and the same as a JSON string. */
export interface Name {
  readonly text: string;
  readonly json: string;
}

type Column = State['assets']['name'];

/** Names never change, and reading one from its words costs more than writing a level. */
const namesRead = new WeakMap<Column, Map<number, Name>>();

/** The name in a row of a column of names; of a row that is listed. */
export function nameOf(column: Column, row: number): Name {
  let names = namesRead.get(column);
  if (names === undefined) {
    names = new Map();
    namesRead.set(column, names);
  }
  const known = names.get(row);
  if (known !== undefined) return known;
  const text = readName(column, row);
  const name = { text, json: JSON.stringify(text) };
  names.set(row, name);
  return name;
}

/** The name of an asset that is listed. */
export function assetName(state: State, asset: number): string {
  return nameOf(state.assets.name, asset).text;
}

/** The name of an asset as a JSON string. */
export function assetNameJson(state: State, asset: number): string {
  return nameOf(state.assets.name, asset).json;
}

export function isAsset({ machine }: State, id: number): boolean {
  return id >= 1 && id <= machine.assetCount.get(0);
}

export function isUnderlying({ machine }: State, id: number): boolean {
  return id >= 1 && id <= machine.underlyingCount.get(0);
}

export function isInstrument({ machine }: State, id: number): boolean {
  return id >= 1 && id <= machine.instrumentCount.get(0);
}
