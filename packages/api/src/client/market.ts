import type { ActionOf } from '@plimsoll/core/schema';
import { formatSteps, stepsOf, toLots, toPriceUnits } from '../units.ts';

/** What an instrument counts in, as the route `market` says it. */
export interface MarketUnits {
  readonly id: number;
  readonly name: string;
  /** One price unit, as a decimal. */
  readonly priceUnit: string;
  /** What prices of orders are multiples of, as a decimal. */
  readonly tickSize: string;
  /** One lot in base units, as a decimal. */
  readonly lotSize: string;
}

export type Side = ActionOf<'placeOrder'>['side'];

/** An order in decimals: size in base units, price in settlement units per base unit. */
export interface OrderRequest {
  readonly side: Side;
  readonly size: string;
  readonly isReduceOnly?: boolean;
  readonly selfTrade?: ActionOf<'placeOrder'>['selfTrade'];
  /** Unique among the open orders of the account; 0 or absent: none. */
  readonly clientId?: number;
}

export interface LimitRequest extends OrderRequest {
  readonly price: string;
  readonly timeInForce?: ActionOf<'placeOrder'>['timeInForce'];
  readonly isPostOnly?: boolean;
}

/**
 * Orders of one instrument, from decimals. Everything is exact or throws InexactDecimalError: a
 * price off the tick grid and a size between two lots are not rounded.
 */
export interface Market extends MarketUnits {
  limit(order: LimitRequest): ActionOf<'placeOrder'>;
  /** Trades at once within the fill band, and what does not fill is gone. */
  marketOrder(order: OrderRequest): ActionOf<'placeOrder'>;
  cancel(
    which: { readonly order: number } | { readonly clientId: number },
  ): ActionOf<'cancelOrder'>;
  /** All open orders of the account in this instrument. */
  cancelAll(): ActionOf<'cancelAll'>;
  /** Price units of a decimal on the tick grid, and back. */
  toPrice(text: string): number;
  formatPrice(price: number): string;
  /** Lots of a decimal, and back. */
  toLots(text: string): number;
  formatSize(lots: number): string;
}

export function marketOf(units: MarketUnits): Market {
  const { id: instrument, priceUnit, lotSize, tickSize } = units;
  const toPrice = (text: string): number => {
    stepsOf(text, tickSize);
    return toPriceUnits(text, priceUnit);
  };
  const place = (order: OrderRequest & Partial<LimitRequest>): ActionOf<'placeOrder'> => ({
    kind: 'placeOrder',
    instrument,
    side: order.side,
    size: toLots(order.size, lotSize),
    price: order.price === undefined ? 0 : toPrice(order.price),
    timeInForce: order.timeInForce ?? 'goodTillCancelled',
    isPostOnly: order.isPostOnly ?? false,
    isReduceOnly: order.isReduceOnly ?? false,
    selfTrade: order.selfTrade ?? 'cancelResting',
    clientId: order.clientId ?? 0,
  });
  return {
    id: instrument,
    name: units.name,
    priceUnit,
    tickSize,
    lotSize,
    limit: place,
    marketOrder: ({ side, size, isReduceOnly, selfTrade, clientId }) =>
      place({
        side,
        size,
        timeInForce: 'immediateOrCancel',
        isReduceOnly: isReduceOnly ?? false,
        selfTrade: selfTrade ?? 'cancelResting',
        clientId: clientId ?? 0,
      }),
    cancel: (which) => ({ kind: 'cancelOrder', order: 0, clientId: 0, ...which }),
    cancelAll: () => ({ kind: 'cancelAll', instrument }),
    toPrice,
    formatPrice: (price) => formatSteps(price, priceUnit),
    toLots: (text) => toLots(text, lotSize),
    formatSize: (lots) => formatSteps(lots, lotSize),
  };
}
