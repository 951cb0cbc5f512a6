import { integerOf } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  type Code,
  globalParameters,
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  type ParameterScope,
  rejections,
} from '../schema/index.ts';
import {
  assetExists,
  type Caller,
  globalParameter,
  instrumentExists,
  refuse,
  type State,
  timeMs,
  underlyingExists,
} from '../state/index.ts';
import { applyChange, changeProblem } from './changes.ts';
import { parameterById, parameterColumn } from './initParameters.ts';
import { proposeChange } from './proposals.ts';

/** The largest step of a change that waits: ten times up, or down to a tenth. */
const STEP_MAX = 10;

/**
 * Changes a parameter: at once in its safe direction, otherwise after the notice and by no more
 * than a step. Spec: governance 3.
 */
export function setParameter(
  state: State,
  action: ActionOf<'setParameter'>,
  _caller: Caller,
): Code {
  const { scope, target, parameter: id } = action;
  const parameter = parameterById(scope, id);
  if (parameter === undefined || !targetExists(state, scope, target)) {
    return refuse(state, rejections.parameterUnknown, { scope, target, id });
  }
  const { min, max } = parameter;
  if (action.value < min || action.value > max) {
    return refuse(state, rejections.parameterRange, { value: action.value, min, max });
  }
  const value = integerOf(action.value);
  const change = { scope, target, parameter: id, value };
  const problem = changeProblem(state, change);
  if (problem !== undefined) return refuse(state, rejections.listingInvalid, problem);
  const present = parameterColumn(state, scope).get(target * PARAMETERS_PER_ROW + id);
  if (isSafer(parameter, present, value)) {
    applyChange(state, change);
    return accepted;
  }
  if (isTooFar(present, value)) {
    return refuse(state, rejections.parameterStep, { present, value, step: STEP_MAX });
  }
  const readyMs = timeMs(state) + globalParameter(state, globalParameters.noticeMs);
  return proposeChange(state, change, readyMs);
}

function targetExists(state: State, scope: ParameterScope, target: number): boolean {
  switch (scope) {
    case 'global':
      return target === 0;
    case 'asset':
      return assetExists(state, target);
    case 'underlying':
      return underlyingExists(state, target);
    case 'instrument':
      return instrumentExists(state, target);
  }
}

function isSafer(parameter: ParameterSchema, present: number, value: number): boolean {
  if (value === present) return true;
  if (parameter.safer === 'none') return false;
  return parameter.safer === 'up' ? value > present : value < present;
}

/** From 0 a parameter may go anywhere; values up to 10 may go to 0. */
function isTooFar(present: number, value: number): boolean {
  if (present === 0) return false;
  const from = Math.abs(present);
  const to = Math.abs(value);
  return to > STEP_MAX * from || (from > STEP_MAX && STEP_MAX * to < from);
}
