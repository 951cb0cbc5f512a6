import { amountOf } from '../math/index.ts';
import type { Tier } from '../risk/index.ts';
import { PARAMETERS_PER_ROW, type ParameterScope, TIERS_MAX } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { parameterColumn } from './initParameters.ts';
import {
  assetProblem,
  instrumentProblem,
  type ListingFigures,
  type ParameterOf,
  underlyingProblem,
} from './listingChecks.ts';

// One change of one parameter: what the listing checks say of it, and its writing. Spec: governance
// 3.

/** A change of one parameter of one row. */
export interface ParameterChange {
  readonly scope: ParameterScope;
  readonly target: number;
  readonly parameter: number;
  readonly value: number;
}

/** Writes a change that was judged. */
export function applyChange(state: State, change: ParameterChange): void {
  const { scope, target, parameter, value } = change;
  parameterColumn(state, scope).set(target * PARAMETERS_PER_ROW + parameter, value);
  state.events.push({ kind: 'parameterChanged', scope, target, parameter, value: amountOf(value) });
}

/** What the listing checks say of the row once the change is made. */
export function changeProblem(state: State, change: ParameterChange): ListingFigures | undefined {
  const { scope, target } = change;
  const column = parameterColumn(state, scope);
  return problemOf(state, scope, {
    target,
    parameterOf: ({ id }) =>
      id === change.parameter ? change.value : column.get(target * PARAMETERS_PER_ROW + id),
  });
}

/** What the listing checks say of a row; undefined when it passes them. */
export function rowProblem(
  state: State,
  scope: ParameterScope,
  target: number,
): ListingFigures | undefined {
  const column = parameterColumn(state, scope);
  return problemOf(state, scope, {
    target,
    parameterOf: ({ id }) => column.get(target * PARAMETERS_PER_ROW + id),
  });
}

function problemOf(
  state: State,
  scope: ParameterScope,
  row: { readonly target: number; readonly parameterOf: ParameterOf },
): ListingFigures | undefined {
  const { target, parameterOf } = row;
  switch (scope) {
    case 'global':
      return undefined;
    case 'asset':
      return assetProblem(parameterOf);
    case 'underlying':
      return underlyingProblem(parameterOf);
    case 'instrument':
      return instrumentProblem(tiersOf(state, target), parameterOf);
  }
}

function tiersOf(state: State, instrument: number): Tier[] {
  const { instruments } = state;
  const tiers: Tier[] = [];
  for (let n = 0; n < instruments.tierCount.get(instrument); n++) {
    const cell = instrument * TIERS_MAX + n;
    tiers.push({
      lowerBound: instruments.tierLow.get(cell),
      initialPpm: instruments.tierInitial.get(cell),
      maintenancePpm: instruments.tierMaintenance.get(cell),
    });
  }
  return tiers;
}
