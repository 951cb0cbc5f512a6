// The machine itself: a block in, results, events and roots out. Keeps true: phases in one order,
// one gate for every action, conservation after each, the same roots everywhere. Start at
// applyBlock.ts, then dispatch.ts for the life of one command.
export {
  type ApplyOptions,
  applyBlock,
  type BlockOutcome,
  hashAhead,
  rootNow,
  undoBlock,
} from './applyBlock.ts';
export { chainHashOf } from './chain.ts';
export { type CommandEntry, commands } from './commands.ts';
export { admit, admitObservation, type Refusal } from './dispatch.ts';
export {
  createMachine,
  defaultLimits,
  type Genesis,
  limitsFor,
  type Machine,
  type MachineDependencies,
  STATE_VERSION,
} from './genesis.ts';
export { nextDueMs } from './nextDue.ts';
export { type Preview, preview } from './preview.ts';
export {
  type HypotheticalPortfolio,
  type HypotheticalPosition,
  type PortfolioPreview,
  previewPortfolio,
} from './previewPortfolio.ts';
export { type AccountProof, proveAccount } from './proof.ts';
export { type HashPairs, hashPairsPortable, hex } from './roots/hash.ts';
export type { RootParts } from './roots/roots.ts';
export { DamagedSnapshotError, type Placement, restore, snapshot } from './snapshot.ts';
