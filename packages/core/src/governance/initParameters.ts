import { assert } from '../math/index.ts';
import {
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  type ParameterScope,
  parameterSchema,
} from '../schema/index.ts';
import type { State } from '../state/index.ts';
import type { F64Column } from '../store/index.ts';

/** The column that holds the parameters of a scope; cell = target × PARAMETERS_PER_ROW + id. */
export function parameterColumn(state: State, scope: ParameterScope): F64Column {
  switch (scope) {
    case 'global':
      return state.machine.parameters;
    case 'asset':
      return state.assets.parameters;
    case 'underlying':
      return state.underlyings.parameters;
    case 'instrument':
      return state.instruments.parameters;
  }
}

/** The entry of a parameter of a scope by its id, or undefined. */
export function parameterById(scope: ParameterScope, id: number): ParameterSchema | undefined {
  return Object.values(parameterSchema[scope]).find((parameter) => parameter.id === id);
}

/**
 * Sets every parameter of a new row to its initial value, or to the value given for its name.
 * Target 0 is the machine itself.
 *
 * @throws InvariantError when a value is given that is no integer in the range of its parameter.
 */
// biome-ignore lint/complexity/useMaxParams: scope and target name the row, as they do everywhere.
export function initParameters(
  state: State,
  scope: ParameterScope,
  target: number,
  values: { readonly [parameter: string]: number | undefined } = {},
): void {
  const column = parameterColumn(state, scope);
  const table = parameterSchema[scope];
  for (const name of Object.keys(values)) {
    assert(table[name] !== undefined, 'a parameter that is set exists', { scope, name });
  }
  for (const [name, parameter] of Object.entries(table)) {
    const value = values[name] ?? parameter.initial;
    const isInRange = value >= parameter.min && value <= parameter.max;
    assert(Number.isSafeInteger(value) && isInRange, 'a parameter is in its range', {
      scope,
      name,
      value,
    });
    column.set(target * PARAMETERS_PER_ROW + parameter.id, value);
  }
}
