// What comes in, taken exactly or refused with its place: bytes to JSON that means one thing
// (strictJson.ts), checked against the schemas of the route (checkRequest.ts), and what is signed
// through the machine's own decoders (readSigned.ts; the stream reads by it too). Start at
// submit.ts.
export { checkRequest } from './checkRequest.ts';
export { readBodies } from './readBodies.ts';
export {
  type JsonObject,
  listAt,
  objectAt,
  readCommand,
  readPrice,
  readSignature,
  refuseOthers,
} from './readSigned.ts';
export { malformed, parseStrictJson } from './strictJson.ts';
export { submitCommands, submitPrices, typedDataOf } from './submit.ts';
