// `npx tsx packages/core/test/vectors/writeEncoding.ts` adds the kinds that encoding.json lacks.
// What stands there is never rewritten: bytes once published are a promise.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exampleActions, exampleCommands, exampleEvents, exampleObservation } from '../schema/examples.ts';
import { type EncodingVector, vectorOfAction, vectorOfBlock, vectorOfCommand, vectorOfEvent, vectorOfObservation } from '../schema/vector.ts';

const file = fileURLToPath(new URL('encoding.json', import.meta.url));
const present = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as EncodingVector[]) : [];
const block = {
  height: 12,
  timeMs: 1_760_000_000_020,
  version: 1,
  observations: [exampleObservation],
  commands: exampleCommands.slice(0, 3),
};
const wanted = [
  ...exampleActions.map(vectorOfAction),
  ...exampleCommands.map(vectorOfCommand),
  ...exampleEvents.map(vectorOfEvent),
  vectorOfObservation(exampleObservation),
  vectorOfBlock(block),
];
const missing = wanted.filter((each) => !present.some((held) => held.name === each.name));
writeFileSync(file, `${JSON.stringify([...present, ...missing], undefined, 2)}\n`);
process.stdout.write(`encoding.json: ${present.length} kept, ${missing.length} added\n`);
