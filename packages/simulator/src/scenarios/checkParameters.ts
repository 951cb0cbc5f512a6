import { type ParameterScope, parameterSchema } from '@plimsoll/core/schema';
import type { Problems } from './problems.ts';
import type { Parameters, ScenarioFile } from './scenarioFile.ts';

const NAME = /^[\x20-\x7e]{1,16}$/;

/** Names of the machine are short: 16 characters of ASCII. */
function checkName(name: string, path: string, problems: Problems): void {
  problems.expect(
    NAME.test(name),
    `${path}/name`,
    'must have 1 to 16 printable ASCII characters: the machine keeps it',
  );
}

/** Adds a problem for every parameter that the machine does not have or would refuse. */
function checkValues(
  values: Parameters | undefined,
  at: { readonly path: string; readonly scope: ParameterScope },
  problems: Problems,
): void {
  const table = parameterSchema[at.scope];
  for (const [name, value] of Object.entries(values ?? {})) {
    const path = `${at.path}/parameters/${name}`;
    const known = new Set(Object.keys(table));
    if (!problems.expectKnown(name, known, { path, noun: `${at.scope} parameter` })) continue;
    const { min = 0, max = 0, unit } = table[name] ?? {};
    const isInRange = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
    problems.expect(isInRange, path, `must be an integer from ${min} to ${max} (${unit})`);
  }
}

/** Checks names and parameters of everything that is listed against the machine's tables. */
export function checkParameters(file: ScenarioFile, problems: Problems): void {
  checkValues(file.parameters, { path: '', scope: 'global' }, problems);
  const lists = [
    { scope: 'asset', key: 'assets', specs: file.assets },
    { scope: 'underlying', key: 'underlyings', specs: file.underlyings },
    { scope: 'instrument', key: 'instruments', specs: file.instruments },
  ] as const;
  for (const { scope, key, specs } of lists) {
    specs.forEach((spec, index) => {
      const path = `/${key}/${index}`;
      checkName(spec.name, path, problems);
      checkValues(spec.parameters, { path, scope }, problems);
    });
  }
}
