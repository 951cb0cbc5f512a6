// Looking into a store without changing it: all of it (verifyStore.ts), or one block, command or
// account as text for people (inspector.ts). Keeps true: nothing is written, and a running node
// beside it is not held up. Start at verifyStore.ts.
export { createInspector, type Inspector, type InspectorOptions } from './inspector.ts';
export { UnknownPlaceError } from './place.ts';
export {
  type VerifyOptions,
  type VerifyProblem,
  type VerifyReport,
  verifyStore,
} from './verifyStore.ts';
