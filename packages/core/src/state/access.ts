import {
  type Address,
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  SETTLEMENT_ASSET,
} from '../schema/index.ts';
import type { U32Column } from '../store/index.ts';
import type { State } from './state.ts';

/**
 * The value of a global parameter; pass its entry: `globalParameter(state,
 * globalParameters.gainLockMs)`.
 */
export function globalParameter(state: State, parameter: ParameterSchema): number {
  return state.machine.parameters.get(parameter.id);
}

/** The value of a parameter of an asset. */
export function assetParameter(state: State, asset: number, parameter: ParameterSchema): number {
  return state.assets.parameters.get(asset * PARAMETERS_PER_ROW + parameter.id);
}

/** The value of a parameter of an underlying. */
export function underlyingParameter(
  state: State,
  underlying: number,
  parameter: ParameterSchema,
): number {
  return state.underlyings.parameters.get(underlying * PARAMETERS_PER_ROW + parameter.id);
}

/** The value of a parameter of an instrument. */
export function instrumentParameter(
  state: State,
  instrument: number,
  parameter: ParameterSchema,
): number {
  return state.instruments.parameters.get(instrument * PARAMETERS_PER_ROW + parameter.id);
}

/** Block time in ms. */
export function timeMs(state: State): number {
  return state.machine.timeMs.get(0);
}

export function accountExists(state: State, account: number): boolean {
  return account >= 1 && account <= state.machine.accountCount.get(0);
}

export function assetExists(state: State, asset: number): boolean {
  return asset >= SETTLEMENT_ASSET && asset <= state.machine.assetCount.get(0);
}

export function underlyingExists(state: State, underlying: number): boolean {
  return underlying >= 1 && underlying <= state.machine.underlyingCount.get(0);
}

export function instrumentExists(state: State, instrument: number): boolean {
  return instrument >= 1 && instrument <= state.machine.instrumentCount.get(0);
}

/** The row of an account's position in an instrument, or −1. */
export function findPosition(state: State, account: number, instrument: number): number {
  return state.slabs.positions.find(account, instrument);
}

/** The row of an account's balance of an asset, or −1. */
export function findBalance(state: State, account: number, asset: number): number {
  return state.slabs.balances.find(account, asset);
}

/** Whether the five words at a row of an address column are this address. */
export function addressEquals(column: U32Column, row: number, address: Address): boolean {
  for (let word = 0; word < 5; word++) {
    if (column.get(row * 5 + word) !== addressWord(address, word)) return false;
  }
  return true;
}

export function writeAddress(column: U32Column, row: number, address: Address): void {
  for (let word = 0; word < 5; word++) column.set(row * 5 + word, addressWord(address, word));
}

export function readAddress(column: U32Column, row: number): Address {
  let text = '';
  for (let word = 0; word < 5; word++) {
    text += column
      .get(row * 5 + word)
      .toString(16)
      .padStart(8, '0');
  }
  return `0x${text}`;
}

/** The big-endian word of a lower-case hex address; by char codes, since parseInt costs 5x. */
function addressWord(address: Address, word: number): number {
  let value = 0;
  const start = 2 + word * 8;
  for (let i = start; i < start + 8; i++) {
    const code = address.charCodeAt(i);
    // '0' is 48 and 'a' is 97: the low four bits, and 9 more for a letter.
    value = (value << 4) | ((code & 15) + (code >> 6) * 9);
  }
  return value >>> 0;
}
