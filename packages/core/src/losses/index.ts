// Losses: who pays for what liquidation could not save, in one fixed order. Keeps true: what is
// paid sums exactly to the deficit, pools pay before people and gains before principal, nobody
// outside the market pays, nobody pays more than it has (I6, I7, I8). Start at runLosses.ts, then
// deleverage.ts; the formulas stand in waterfall.ts, adl.ts, socialize.ts.

export {
  type AdlDivision,
  type AdlQuestion,
  adlHolders,
  divideAdl,
} from './divideAdl.ts';
export { type AdlInput, type AdlResult, adlCap, autoDeleverage } from './formulas/adl.ts';
export { type SocializeInput, type SocializeResult, socializeLoss } from './formulas/socialize.ts';
export {
  type DeficitsInput,
  type DeficitsResult,
  payDeficits,
  shareDeficit,
} from './formulas/waterfall.ts';
export { equityDown, gainIn } from './gains.ts';
export { lossErrors } from './invariants.ts';
export { runLosses } from './runLosses.ts';
