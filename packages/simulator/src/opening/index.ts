// Before time 0: a host around a machine, names and ids, and a scenario set up by commands alone.
// Keeps true: nothing but applyBlock writes to the machine; what only the opening needs (no notice,
// no quota, wide fills) is taken back in safe directions. Start at setUp.ts, then opening.ts.
export type { DepthMaker } from './depthMaker.ts';
export { AUTHORITIES, Directory } from './directory.ts';
export { genesisOf } from './genesis.ts';
export { type AppliedBlock, Host } from './host.ts';
export { closingSettings, type Listing, listings } from './listMarkets.ts';
export type { Custodian } from './openAccounts.ts';
export { codeOf, Opening, rejectionSentence, signed } from './opening.ts';
export { orderAction } from './orders.ts';
export { type SetUp, setUp } from './setUp.ts';
export { takePositions } from './takePositions.ts';
