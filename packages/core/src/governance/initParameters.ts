import { PARAMETERS_PER_ROW, type ParameterScope, parameterSchema } from '../schema/index.ts';
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

/** Sets every parameter of a new row to its initial value; target 0 for the machine itself. */
export function initParameters(state: State, scope: ParameterScope, target: number): void {
  const column = parameterColumn(state, scope);
  for (const parameter of Object.values(parameterSchema[scope])) {
    column.set(target * PARAMETERS_PER_ROW + parameter.id, parameter.initial);
  }
}
