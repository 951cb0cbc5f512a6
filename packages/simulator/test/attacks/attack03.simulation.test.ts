import type { EventOf } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { immediate, order } from '../../src/agents/market.ts';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 3: a one-lot best bid from an account that cannot pay, so that every seller is
// blocked. The guard: the maker is tested at the fill; it loses the order, and the seller goes on.

function blocked(): Market {
  const market = new Market({ initialPpm: 100_000, maintenancePpm: 25_000 });
  market.open('poor', 110);
  market.open('other', 10_000);
  market.open('honest', 10_000);
  market.open('seller', 10_000);
  market.trade('poor', 'other', 100);
  market.does('poor', order({ instrument: 1, side: 'buy', size: 1, price: 10_005 }));
  market.does('honest', order({ instrument: 1, side: 'buy', size: 50, price: 10_000 }));
  // Five per cent down: short of initial margin, above maintenance, its bid is still the best.
  market.at(9_500);
  return market;
}

test('attack 3, a best bid that cannot pay: it is cancelled and the seller trades with the next', () => {
  const market = blocked();
  const sale = immediate({ instrument: 1, side: 'sell', size: 10, price: 10_000 });
  expect(market.does('seller', sale)).toEqual([0]);
  const cancelled = market.outcome.events.find(
    (event): event is EventOf<'orderCancelled'> => event.kind === 'orderCancelled',
  );
  expect(cancelled).toMatchObject({ account: market.id('poor'), reason: 'makerMargin' });
  const fills = market.outcome.events.filter((event) => event.kind === 'filled');
  expect(fills).toMatchObject([{ maker: market.id('honest'), size: 10, price: 10_000 }]);
  expect(market.size('seller')).toBe(-10);
});

test('attack 3, the bid could not be placed now: 500 or 503 is what the seller would have met', () => {
  const market = blocked();
  market.does('poor', { kind: 'cancelAll', instrument: 1 });
  const bid = order({ instrument: 1, side: 'buy', size: 1, price: 9_501 });
  expect([500, 503]).toContain(market.does('poor', bid)[0]);
});
