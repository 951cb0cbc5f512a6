import {
  MARKET_STATE,
  PARAMETERS_PER_ROW,
  type ParameterScope,
  parameterSchema,
} from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { rowProblem } from './changes.ts';
import { parameterColumn } from './initParameters.ts';
import { findOpening } from './proposals.ts';

// What must hold of listings and parameters in every state. Spec: governance 7.

/** The sentences about parameters, listings and proposals that do not hold; empty when sound. */
export function governanceErrors(state: State): string[] {
  const errors: string[] = [];
  const { machine } = state;
  checkRows(state, { scope: 'global', first: 0, last: 0, errors });
  checkRows(state, { scope: 'asset', first: 1, last: machine.assetCount.get(0), errors });
  checkRows(state, { scope: 'underlying', first: 1, last: machine.underlyingCount.get(0), errors });
  checkRows(state, { scope: 'instrument', first: 1, last: machine.instrumentCount.get(0), errors });
  checkProposals(state, errors);
  return errors;
}

function checkRows(
  state: State,
  rows: { scope: ParameterScope; first: number; last: number; errors: string[] },
): void {
  const { scope, first, last, errors } = rows;
  const column = parameterColumn(state, scope);
  for (let target = first; target <= last; target++) {
    for (const [name, { id, min, max }] of Object.entries(parameterSchema[scope])) {
      const value = column.get(target * PARAMETERS_PER_ROW + id);
      if (!(Number.isSafeInteger(value) && value >= min && value <= max)) {
        errors.push(`${scope} ${target}: ${name} is ${value}`);
      }
    }
    const problem = rowProblem(state, scope, target);
    if (problem !== undefined) errors.push(`${scope} ${target} fails: ${String(problem.check)}`);
  }
}

function checkProposals(state: State, errors: string[]): void {
  const { proposals, instruments, machine } = state;
  let used = 0;
  for (let row = 0; row < state.limits.proposalsMax; row++) {
    const id = proposals.id.get(row);
    if (id === 0) continue;
    used += 1;
    if (id > machine.proposalSequence.get(0)) errors.push(`proposal ${id} was never numbered`);
  }
  if (used !== state.pools.proposals.used) errors.push(`${used} proposals are not those counted`);
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    const isOpen = instruments.state.get(instrument) === MARKET_STATE.open;
    if (isOpen && findOpening(state, instrument) >= 0) {
      errors.push(`instrument ${instrument} is open and waits to open`);
    }
  }
}
