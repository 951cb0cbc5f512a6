import type { ActionOf, Address } from '@plimsoll/core/schema';
import { formatAmount, toAmount } from '../units.ts';

/** What an asset counts in, as the route `asset` says it. */
export interface AssetUnits {
  readonly id: number;
  readonly name: string;
  readonly decimals: number;
}

/** Where a withdrawal is paid out. */
export interface Destination {
  readonly chain: number;
  readonly address: Address;
}

/** Amounts of one asset, from decimals: exact or InexactDecimalError. */
export interface Asset extends AssetUnits {
  /** "12.5" as integer units. */
  amount(text: string): bigint;
  format(amount: bigint): string;
  withdraw(text: string, to: Destination): ActionOf<'withdraw'>;
  transfer(text: string, to: number): ActionOf<'transfer'>;
  supply(text: string): ActionOf<'supply'>;
  /** Without an amount: all. */
  redeem(text?: string): ActionOf<'redeem'>;
  borrow(text: string): ActionOf<'borrow'>;
  /** Without an amount: all that the balance can. */
  repay(text?: string): ActionOf<'repay'>;
}

export function assetOf(units: AssetUnits): Asset {
  const { id: asset, name, decimals } = units;
  const amount = (text: string): bigint => toAmount(text, decimals);
  return {
    id: asset,
    name,
    decimals,
    amount,
    format: (each) => formatAmount(each, decimals),
    withdraw: (text, to) => ({
      kind: 'withdraw',
      asset,
      amount: amount(text),
      chain: to.chain,
      destination: to.address,
    }),
    transfer: (text, to) => ({ kind: 'transfer', to, asset, amount: amount(text) }),
    supply: (text) => ({ kind: 'supply', asset, amount: amount(text) }),
    redeem: (text) => ({ kind: 'redeem', asset, amount: text === undefined ? 0n : amount(text) }),
    borrow: (text) => ({ kind: 'borrow', asset, amount: amount(text) }),
    repay: (text) => ({ kind: 'repay', asset, amount: text === undefined ? 0n : amount(text) }),
  };
}
