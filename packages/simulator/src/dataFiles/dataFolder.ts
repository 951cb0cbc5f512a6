import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingDataError } from '../errors.ts';

/** What of the environment decides where data lies. */
export interface DataEnvironment {
  /** The folder of market data; overrides every other place. */
  readonly PLIMSOLL_DATA_DIR?: string | undefined;
  /** `required`: missing data is an error, not a skip. */
  readonly PLIMSOLL_DATA?: string | undefined;
}

/** Where data files are looked for. */
export interface DataFolder {
  /** The data folder, which need not exist when it was named; null when there is none. */
  readonly folder: string | null;
  /** Missing data is an error. */
  readonly isRequired: boolean;
}

// The same from src/data and from dist/data: packages/simulator/{src,dist}/data/dataFolder.
const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/**
 * The data folder: `PLIMSOLL_DATA_DIR`, else `shared/data` beside the repository. Data is not part
 * of the repository, because most of its sources allow testing but no redistribution.
 */
export function findDataFolder(
  environment: DataEnvironment,
  repository: string = REPOSITORY,
): DataFolder {
  const isRequired = environment.PLIMSOLL_DATA === 'required';
  const named = environment.PLIMSOLL_DATA_DIR;
  if (named !== undefined && named !== '') {
    return { folder: resolve(named), isRequired };
  }
  const beside = resolve(repository, '../shared/data');
  return { folder: isFolder(beside) ? beside : null, isRequired };
}

/**
 * The path of a data file. A name that starts with `./` or `../` is relative to the scenario file,
 * any other one to the data folder. Throws MissingDataError when the file is not there.
 */
export function resolveDataFile(
  name: string,
  places: { readonly data: DataFolder; readonly scenarioFolder: string },
): string {
  const candidates: string[] = [];
  if (isAbsolute(name)) candidates.push(name);
  else if (/^\.\.?[\\/]/.test(name)) candidates.push(resolve(places.scenarioFolder, name));
  else if (places.data.folder !== null) candidates.push(join(places.data.folder, name));
  const found = candidates.find((path) => existsSync(path) && statSync(path).isFile());
  if (found === undefined) throw new MissingDataError(name, candidates);
  return found;
}
