import type { PortfolioMargin } from '@plimsoll/simulator';

/**
 * Every part under the name of what it is of. Amounts are settlement units as doubles, unrounded,
 * so that whoever adds the parts up in their order gets the figures bit for bit.
 */
export function marginJson(margin: PortfolioMargin): string {
  const { portfolio, directory, explanation } = margin;
  const { settlement, underlyings } = portfolio.scenario;
  const facts = {
    name: portfolio.name,
    settlement: { asset: settlement.name, decimals: settlement.decimals },
    unit: `settlement units: 10^-${settlement.decimals} ${settlement.name}`,
    isLiquidatable: explanation.figures.health < 0,
    figures: explanation.figures,
    balances: explanation.balances.map(({ asset, ...part }) => ({
      asset: directory.assets[asset - 1],
      ...part,
    })),
    positions: explanation.positions.map(({ instrument, underlying, ...part }) => {
      const listing = directory.listing(instrument);
      const prices = margin.prices.find((one) => one.instrument === instrument);
      return {
        instrument: listing.name,
        underlying: listing.underlying,
        priceUnit: listing.priceUnit,
        lotSize: listing.lotSize,
        ...part,
        entryPrice: prices?.entry ?? null,
        liquidationPrice: prices?.liquidation ?? null,
        bankruptcyPrice: prices?.bankruptcy ?? null,
      };
    }),
    gains: explanation.gains.map(({ underlying, ...part }) => ({
      underlying: underlyings[underlying - 1]?.name,
      ...part,
    })),
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}
