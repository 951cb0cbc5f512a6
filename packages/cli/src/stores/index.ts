// The verbs that work on a store: copy it, make it again, check all of it, look into it. Keeps
// true: none changes the store it is given, each works beside the node that writes to it. Start at
// verify.ts.
export { addBackup, addRestore } from './copy.ts';
export { addInspect } from './inspect.ts';
export { addVerify } from './verify.ts';
