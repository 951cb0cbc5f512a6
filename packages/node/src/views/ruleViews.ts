import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import {
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  type ParameterScope,
  parameterSchema,
} from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import { assetNamed, instrumentNamed, malformed, textIn, underlyingNamed } from './ask.ts';
import type { ReadContext } from './context.ts';
import { SCOPES, targetName } from './units.ts';

// By what rules the machine runs, and which of them will change. Spec: governance.

type Parameter = ValueOf<'Parameter'>;
type Pending = Parameter['pending'][number];

/** Kinds of the table of proposals. */
const PARAMETER_CHANGE = 0;

export function parameters(context: ReadContext, question: Question): AnswerOf<'parameters'> {
  const { state } = context.machine;
  const scope = textIn(question, 'scope');
  const target = textIn(question, 'target');
  if (scope !== undefined && !SCOPES.includes(scope as ParameterScope)) {
    malformed('query.scope', `is not one of ${SCOPES.join(', ')}`);
  }
  if (target !== undefined && (scope === undefined || scope === 'global')) {
    malformed('query.target', 'is of a scope: name asset, underlying or instrument');
  }
  const pending = pendingByKey(state);
  const asked = SCOPES.filter((each) => scope === undefined || each === scope);
  const found: Parameter[] = [];
  for (const each of asked) {
    const targets = target === undefined ? targetsOf(state, each) : [named(state, each, target)];
    for (const id of targets) found.push(...parametersOf(state, { scope: each, id, pending }));
  }
  return { parameters: found };
}

function named(state: State, scope: ParameterScope, target: string): number {
  if (scope === 'asset') return assetNamed(state, target);
  return scope === 'underlying' ? underlyingNamed(state, target) : instrumentNamed(state, target);
}

function targetsOf(state: State, scope: ParameterScope): number[] {
  const { machine } = state;
  if (scope === 'global') return [0];
  const counts = {
    asset: machine.assetCount,
    underlying: machine.underlyingCount,
    instrument: machine.instrumentCount,
  };
  return Array.from({ length: counts[scope].get(0) }, (_, i) => i + 1);
}

function parametersOf(
  state: State,
  of: {
    readonly scope: ParameterScope;
    readonly id: number;
    readonly pending: ReadonlyMap<string, Pending[]>;
  },
): Parameter[] {
  const { scope, id: targetId, pending } = of;
  const target = targetName(state, scope, targetId);
  const schemas: readonly (readonly [string, ParameterSchema])[] = Object.entries(
    parameterSchema[scope],
  );
  return schemas.map(([name, { id, unit, min, max, initial, safer, doc }]) => ({
    scope,
    target,
    targetId,
    id,
    name,
    unit,
    min,
    max,
    startValue: initial,
    safer,
    doc,
    value: presentValue(state, scope, targetId * PARAMETERS_PER_ROW + id),
    pending: pending.get(keyOf(scope, targetId, id)) ?? [],
  }));
}

function presentValue(state: State, scope: ParameterScope, cell: number): number {
  const columns = {
    global: state.machine.parameters,
    asset: state.assets.parameters,
    underlying: state.underlyings.parameters,
    instrument: state.instruments.parameters,
  };
  return columns[scope].get(cell);
}

function keyOf(scope: string, target: number, parameter: number): string {
  return `${scope}:${target}:${parameter}`;
}

function pendingByKey(state: State): ReadonlyMap<string, Pending[]> {
  const { proposals } = state;
  const byKey = new Map<string, Pending[]>();
  for (const row of proposalRows(state)) {
    if (proposals.kind.get(row) !== PARAMETER_CHANGE) continue;
    const scope = SCOPES[proposals.scope.get(row)] ?? 'global';
    const key = keyOf(scope, proposals.target.get(row), proposals.parameter.get(row));
    const change = {
      proposal: proposals.id.get(row),
      value: proposals.value.get(row),
      readyMs: proposals.readyMs.get(row),
    };
    byKey.set(key, [...(byKey.get(key) ?? []), change]);
  }
  return byKey;
}

/** Rows of waiting proposals in order of their ids. */
function proposalRows(state: State): number[] {
  const { id } = state.proposals;
  const rows: number[] = [];
  let left = state.pools.proposals.used;
  for (let row = 0; left > 0 && row < id.rows; row++) {
    if (id.get(row) === 0) continue;
    rows.push(row);
    left -= 1;
  }
  return rows.sort((a, b) => id.get(a) - id.get(b));
}

export function pendingChanges(context: ReadContext): AnswerOf<'pendingChanges'> {
  const { state } = context.machine;
  return { changes: proposalRows(state).map((row) => changeView(context, row)) };
}

function changeView({ machine, timeMs }: ReadContext, row: number): ValueOf<'PendingChange'> {
  const { state } = machine;
  const { proposals } = state;
  const scope = SCOPES[proposals.scope.get(row)] ?? 'global';
  const targetId = proposals.target.get(row);
  const readyMs = proposals.readyMs.get(row);
  const head = {
    proposal: proposals.id.get(row),
    scope,
    target: targetName(state, scope, targetId),
    targetId,
    readyMs,
    inMs: Math.max(0, readyMs - timeMs),
  };
  if (proposals.kind.get(row) !== PARAMETER_CHANGE) {
    return { ...head, kind: 'opening', parameter: null, unit: null, present: null, value: null };
  }
  const id = proposals.parameter.get(row);
  const schemas: readonly (readonly [string, ParameterSchema])[] = Object.entries(
    parameterSchema[scope],
  );
  const found = schemas.find(([, parameter]) => parameter.id === id);
  return {
    ...head,
    kind: 'parameter',
    parameter: found?.[0] ?? null,
    unit: found?.[1].unit ?? null,
    present: presentValue(state, scope, targetId * PARAMETERS_PER_ROW + id),
    value: proposals.value.get(row),
  };
}
