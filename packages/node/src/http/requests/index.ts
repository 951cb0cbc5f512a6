// What comes in, taken exactly or refused with its place: bytes to JSON that means one thing
// (strictJson.ts), checked against the schemas of the route (checkRequest.ts), and signed commands
// through the machine's own decoders (submit.ts). Start at submit.ts.
export { checkRequest } from './checkRequest.ts';
export { readBodies } from './readBodies.ts';
export { malformed, parseStrictJson, pointerOf, readStrictJson } from './strictJson.ts';
export { submitCommands, submitPrices, typedDataOf } from './submit.ts';
