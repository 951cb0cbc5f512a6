// One account's margin: a portfolio file is read (readPortfolio.ts), set up on a machine of its own
// and measured by the machine's own functions (measurePortfolio.ts). Keeps true: the parts add up
// to the figures bit for bit, and nothing of it is a second formula. Start at measurePortfolio.ts.
export { measurePortfolio, type PortfolioMargin, type PositionPrices } from './measurePortfolio.ts';
export { type Portfolio, parsePortfolio, readPortfolio } from './readPortfolio.ts';
export { publishedPortfolioSchema } from './schema.ts';
