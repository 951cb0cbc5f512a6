// Losses: who pays for what liquidation could not save, in one fixed order. Keeps true: what is
// paid sums exactly to the deficit, pools pay before people and gains before principal, nobody
// outside the market pays, nobody pays more than it has (I6, I7, I8).
// Start at waterfall.ts, then adl.ts and socialize.ts.

export { type AdlInput, type AdlResult, adlCap, autoDeleverage } from './adl.ts';
export { type SocializeInput, type SocializeResult, socializeLoss } from './socialize.ts';
export { type DeficitsInput, type DeficitsResult, payDeficits, shareDeficit } from './waterfall.ts';
