import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The same from src and from dist: packages/simulator/{src,dist}/scenarios.
const FOLDER = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** The scenarios that come with the simulator: their files by name. */
export function readyScenarios(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(files.sort().map((file) => [file.slice(0, -'.json'.length), join(FOLDER, file)]));
}
