import { describe, expect, test } from 'vitest';
import { PortfolioFileError } from '../src/errors.ts';
import { measurePortfolio, type PortfolioMargin, parsePortfolio } from '../src/portfolio/index.ts';
import type { PortfolioFile } from '../src/portfolio/portfolioFile.ts';

const flat = [{ from: '0', initialPpm: 50_000, maintenancePpm: 50_000 }];

/** The account of the rules of liquidation: BTC 1 M at 5 %, ETH 400,000 at 8 %, MB 90,000. */
const twoLegs: PortfolioFile = {
  assets: [{ name: 'USDC', decimals: 6 }],
  underlyings: [
    { name: 'BTC', priceUnit: '1', price: '10000', parameters: { stressPpm: 0, zMilli: 0 } },
    { name: 'ETH', priceUnit: '1', price: '2000', parameters: { stressPpm: 0, zMilli: 0 } },
  ],
  instruments: [
    { name: 'BTC-PERP', underlying: 'BTC', lotSize: '1', tiers: flat },
    {
      name: 'ETH-PERP',
      underlying: 'ETH',
      lotSize: '1',
      tiers: [{ from: '0', initialPpm: 80_000, maintenancePpm: 80_000 }],
    },
  ],
  balances: { USDC: '90000' },
  positions: [
    { instrument: 'BTC-PERP', size: '100' },
    { instrument: 'ETH-PERP', size: '200' },
  ],
};

function measured(changes: Partial<PortfolioFile> = {}): PortfolioMargin {
  return measurePortfolio(parsePortfolio(JSON.stringify({ ...twoLegs, ...changes }), 'p.json'));
}

describe('one portfolio', () => {
  test('has the margin and the liquidation price of the worked figure', () => {
    const { explanation, prices } = measured();
    expect(explanation.figures.maintenance).toBe(82_000_000_000);
    expect(explanation.figures.health).toBe(8_000_000_000);
    expect(prices[0]?.liquidation?.toFixed(2)).toBe('9915.79');
  });

  test('shares equity by maintenance margin for its bankruptcy prices', () => {
    const { prices } = measured({ balances: { USDC: '70000' } });
    // rule F10: 957,318 for the BTC leg.
    expect(prices[0]?.bankruptcy).toBe(9574);
  });

  test('keeps its entry prices and its balance, however deep it is under water', () => {
    const { explanation } = measured({
      balances: { USDC: '1' },
      positions: [{ instrument: 'BTC-PERP', size: '100', price: '90000' }],
    });
    expect(explanation.figures.unrealized).toBe(-8_000_000_000_000);
    expect(explanation.figures.equity).toBe(-7_999_999_000_000);
  });

  test('owes its loans, whether or not it still holds what it borrowed', () => {
    const { explanation } = measured({
      assets: [
        { name: 'USDC', decimals: 6 },
        {
          name: 'BTC',
          decimals: 8,
          underlying: 'BTC',
          parameters: { haircutInitialPpm: 100_000, haircutMaintenancePpm: 50_000 },
        },
      ],
      loans: { USDC: '500', BTC: '0.5' },
      balances: { USDC: '90000', BTC: '0.2' },
    });
    expect(explanation.balances.map(({ amount, debt }) => [amount, debt])).toEqual([
      [90_000_000_000, 500_000_000],
      [20_000_000, 50_000_000],
    ]);
    expect(explanation.figures.equity).toBe(90_000_000_000 - 500_000_000 - 3_000_000_000);
  });

  test('reserves margin for its open orders, but not for those that only reduce', () => {
    const order = { instrument: 'BTC-PERP', side: 'buy', size: '10', price: '9900' } as const;
    const without = measured().explanation.figures.initial;
    const withOrder = measured({ orders: [order] }).explanation.figures.initial;
    const reduce = { ...order, side: 'sell', price: '10100', isReduceOnly: true } as const;
    expect(withOrder - without).toBe(0.05 * 100_000_000_000 + 0.0005 * 99_000_000_000);
    expect(measured({ orders: [reduce] }).explanation.figures.initial).toBe(without);
  });

  test('has parts that add up to its figures bit for bit', () => {
    const { explanation } = measured({
      orders: [{ instrument: 'ETH-PERP', side: 'sell', size: '33', price: '2011' }],
      positions: [
        { instrument: 'BTC-PERP', size: '-77', price: '10123' },
        { instrument: 'ETH-PERP', size: '191', price: '1987' },
      ],
    });
    const { balances, positions, gains, figures } = explanation;
    let maintenanceValue = 0;
    let initialValue = 0;
    for (const balance of balances) {
      maintenanceValue += balance.maintenanceValue;
      initialValue += balance.initialValue;
    }
    let unrealized = 0;
    let maintenance = 0;
    let initial = 0;
    for (const position of positions) {
      unrealized += position.unrealized;
      maintenance += position.maintenance;
      initial += position.initial + position.bidLoss + position.askLoss + position.fee;
    }
    let counted = 0;
    for (const gain of gains) counted += gain.counted;
    expect(figures.marginBalance).toBe(maintenanceValue + unrealized - figures.funding);
    expect(figures.maintenance).toBe(maintenance);
    expect(figures.initialBalance).toBe(initialValue + counted - figures.funding);
    expect(figures.initial).toBe(initial);
    expect(figures.health).toBe(figures.marginBalance - figures.maintenance);
  });

  test('without positions has its balance and nothing else', () => {
    const { explanation, prices } = measured({ positions: [] });
    expect(explanation.figures.freeMargin).toBe(90_000_000_000);
    expect(prices).toEqual([]);
  });
});

describe('a wrong portfolio file', () => {
  const problemOf = (changes: object): string => {
    try {
      measured(changes as Partial<PortfolioFile>);
    } catch (error) {
      expect(error).toBeInstanceOf(PortfolioFileError);
      return (error as PortfolioFileError).problems.map((one) => one.path).join(' ');
    }
    return 'none';
  };

  test('is refused with the path of every mistake', () => {
    expect(problemOf({ positions: [{ instrument: 'XRP-PERP', size: '1' }] })).toBe(
      '/positions/0/instrument',
    );
    expect(problemOf({ balances: { USDC: 5 } })).toBe('/balances/USDC');
    expect(problemOf({ balances: { EUR: '5' } })).toBe('/balances/EUR');
    expect(problemOf({ loans: { EUR: '5' } })).toBe('/loans/EUR');
    expect(problemOf({ ownRatePpm: -1 })).toBe('/ownRatePpm');
    const [btc, eth] = twoLegs.underlyings;
    expect(problemOf({ underlyings: [{ ...btc, price: '0.5' }, eth] })).toBe(
      '/underlyings/0/price',
    );
    const order = { instrument: 'BTC-PERP', side: 'buy', size: '1', price: '99000' };
    expect(problemOf({ orders: [order] })).toBe('/orders/0');
    const other = { ...order, side: 'sell', price: '9000' };
    expect(problemOf({ orders: [{ ...order, price: '9500' }, other] })).toBe('/orders/0/price');
  });
});
