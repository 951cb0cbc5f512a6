import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScenarioFileError } from '../errors.ts';
import { resolveScenario } from './resolveScenario.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioFile } from './scenarioFile.ts';
import { scenarioSchema } from './schema.ts';
import { schemaProblems } from './schemaProblems.ts';

// The same from src and from dist: packages/simulator/{src,dist}/scenarios.
const FOLDER = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** Checks a value against the schema. Throws ScenarioFileError; `fileName` is for its message. */
export function checkScenario(value: unknown, fileName: string): ScenarioFile {
  const problems = schemaProblems(scenarioSchema(), value);
  if (problems.length > 0) throw new ScenarioFileError(fileName, problems);
  return value as ScenarioFile;
}

/** "line 3, column 12" of an offset. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Reads the text of a scenario file: JSON, then schema, then references and figures. */
export function parseScenario(text: string, fileName: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Engines word this differently; where they name an offset, a line is easier to find.
    const offset = /position (\d+)/.exec(reason)?.[1];
    const place = offset === undefined ? '' : ` at ${placeOf(text, Number(offset))}`;
    const message = `is not JSON${place}: ${reason}`;
    throw new ScenarioFileError(fileName, [{ path: '', message }], cause);
  }
  return resolveScenario(checkScenario(value, fileName), fileName);
}

/** Reads a scenario from disk. Every mistake of its author is a ScenarioFileError. */
export function readScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ScenarioFileError(path, [{ path: '', message: `cannot be read: ${reason}` }], cause);
  }
  return parseScenario(text, path);
}

/** The scenarios that come with the simulator: their files by name. */
export function readyScenarios(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(files.sort().map((file) => [file.slice(0, -'.json'.length), join(FOLDER, file)]));
}
