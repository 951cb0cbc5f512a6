import type { ActionOf } from '@plimsoll/core/schema';
import type { Side } from '../scenarios/index.ts';

/** What an order says that is not a default. */
export interface OrderWish {
  readonly instrument: number;
  readonly side: Side;
  readonly lots: number;
  readonly price: number;
  readonly isImmediate?: boolean;
  readonly isPostOnly?: boolean;
}

/** A limit order. */
export function orderAction(wish: OrderWish): ActionOf<'placeOrder'> {
  return {
    kind: 'placeOrder',
    instrument: wish.instrument,
    side: wish.side,
    size: wish.lots,
    price: wish.price,
    timeInForce: wish.isImmediate === true ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: wish.isPostOnly === true,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  };
}
