// Governance: what is listed, by which parameters it runs, and who may stop it. Keeps true: every
// parameter is in its range and every listing passes its checks; what is riskier waits for notice;
// what a guardian stops starts again by itself. Start at listing.ts, then parameters.ts.

export {
  disputeIndex,
  haltMarket,
  limitOutflow,
  resumeMachine,
  setMarketState,
} from './breakers.ts';
export { initParameters } from './initParameters.ts';
export { governanceErrors } from './invariants.ts';
export {
  type AssetListing,
  createAsset,
  listAsset,
  listInstrument,
  listUnderlying,
} from './listing.ts';
export { readName } from './names.ts';
export { setParameter } from './parameters.ts';
export { applyProposals, cancelProposal } from './proposals.ts';
export { setPublisher } from './publishers.ts';
