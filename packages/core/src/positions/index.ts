// Positions and what accrues on them: fills with the gain they realize, the gain that stays locked,
// and funding. Keeps true: entry released over any closes is the entry, realized gains are never
// too large now, and payments of a market never sum below zero. Start at realize.ts.

export { applyFill, type Fill } from './applyFill.ts';
export {
  averagePremium,
  type FundingRule,
  fundingCost,
  fundingIndexDelta,
  fundingRate,
  marginRateMax,
  premiumSample,
} from './funding.ts';
export { gainOf, lockedGainAfter, lockRealized } from './lockedGain.ts';
export { ensurePosition, lockedGainNow, prunePosition } from './position.ts';
export { closeLots, type FillOutcome, fillPosition, type OpenPosition } from './realize.ts';
export {
  advanceFunding,
  fundingOwed,
  fundingOwedDouble,
  settleFunding,
} from './settleFunding.ts';
