// The door for those who embed the machine: make one, apply blocks, read, preview, prove. Each
// layer has a door of its own (`@plimsoll/core/risk`). Start reading at machine/applyBlock.ts.
export {
  admit,
  applyBlock,
  type BlockOutcome,
  createMachine,
  type Genesis,
  limitsFor,
  type Machine,
  nextDueMs,
  preview,
  proveAccount,
  restore,
  rootNow,
  snapshot,
} from './machine/index.ts';
export {
  type Action,
  type Address,
  type Block,
  type Event,
  type Observation,
  type OpenedCommand,
  rejections,
} from './schema/index.ts';
