// How the numbers of a machine are written for people: names, decimals of amounts, prices and
// sizes. Keeps true: one way for routes, channels, receipts and refusals; a name is read once.
// Start at wireUnits.ts.
export { amountText, type MarketUnits, marketUnits, priceDecimalsOf } from './marketUnits.ts';
export { assetName, assetNameJson } from './names.ts';
export { wireUnits } from './wireUnits.ts';
