import { formatUnits } from '../../src/units.ts';
import type { WireUnits } from '../../src/wire/index.ts';
import { priceText } from '../../src/wire/index.ts';

/** Two assets, one underlying with two price decimals, one instrument with v = 10. */
export const units: WireUnits = {
  asset: (id) => [undefined, { name: 'USDC', decimals: 6 }, { name: 'WBTC', decimals: 8 }][id],
  underlying: (id) =>
    id === 1 ? { name: 'BTC', price: (price) => priceText(price, 2) } : undefined,
  instrument: (id) =>
    id === 1
      ? {
          name: 'BTC-PERP',
          price: (price) => priceText(price, 2),
          size: (lots) => formatUnits(lots * 10, 4),
        }
      : undefined,
};
