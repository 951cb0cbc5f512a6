import { amountOf } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  type Code,
  MARKET_STATE,
  type ParameterScope,
  rejections,
} from '../schema/index.ts';
import { type Caller, refuse, type State, timeMs } from '../state/index.ts';
import { applyChange, changeProblem, type ParameterChange } from './changes.ts';
import { weightsProblem } from './publishers.ts';

// Changes that wait for their notice. Spec: governance 4.

export const PROPOSAL_KIND = { parameter: 0, opening: 1 } as const;

/** Scopes by their number in the table of proposals. */
const SCOPES: readonly ParameterScope[] = ['global', 'asset', 'underlying', 'instrument'];

/** Lets a parameter change wait until `readyMs`. */
export function proposeChange(state: State, change: ParameterChange, readyMs: number): Code {
  if (!state.pools.proposals.hasRoom()) return refuse(state, rejections.proposalsFull);
  const row = newProposal(state, PROPOSAL_KIND.parameter, readyMs);
  const { scope, target, parameter, value } = change;
  const { proposals } = state;
  proposals.scope.set(row, SCOPES.indexOf(scope));
  proposals.target.set(row, target);
  proposals.parameter.set(row, parameter);
  proposals.value.set(row, value);
  state.events.push({
    kind: 'changeProposed',
    proposal: proposals.id.get(row),
    scope,
    target,
    parameter,
    value: amountOf(value),
    readyMs,
  });
  return accepted;
}

/** Lets the opening of an instrument wait until `opensMs`. */
export function proposeOpening(state: State, instrument: number, opensMs: number): Code {
  if (!state.pools.proposals.hasRoom()) return refuse(state, rejections.proposalsFull);
  const row = newProposal(state, PROPOSAL_KIND.opening, opensMs);
  const { proposals } = state;
  proposals.scope.set(row, SCOPES.indexOf('instrument'));
  proposals.target.set(row, instrument);
  state.instruments.opensMs.set(instrument, opensMs);
  const proposal = proposals.id.get(row);
  state.events.push({ kind: 'openingProposed', proposal, instrument, opensMs });
  return accepted;
}

/** The row of the pending opening of an instrument, or −1. */
export function findOpening(state: State, instrument: number): number {
  const { proposals } = state;
  for (let row = 0; row < state.limits.proposalsMax; row++) {
    const isOpening = proposals.kind.get(row) === PROPOSAL_KIND.opening;
    if (isOpening && proposals.id.get(row) !== 0 && proposals.target.get(row) === instrument) {
      return row;
    }
  }
  return -1;
}

/** Cancels a pending change. */
export function cancelProposal(
  state: State,
  action: ActionOf<'cancelProposal'>,
  _caller: Caller,
): Code {
  const { proposal } = action;
  const row = proposal === 0 ? -1 : state.proposals.id.data.indexOf(proposal);
  if (row < 0) return refuse(state, rejections.proposalUnknown, { proposal });
  if (state.proposals.kind.get(row) === PROPOSAL_KIND.opening) {
    state.instruments.opensMs.set(state.proposals.target.get(row), 0);
  }
  dropProposal(state, row);
  state.events.push({ kind: 'proposalCancelled', proposal });
  return accepted;
}

/** Makes the changes whose notice is over take effect, in order of their ids. */
export function applyProposals(state: State): void {
  if (state.pools.proposals.used === 0) return;
  for (let row = nextReady(state, 0); row >= 0; ) {
    const id = state.proposals.id.get(row);
    if (state.proposals.kind.get(row) === PROPOSAL_KIND.opening) openMarket(state, row);
    else changeParameter(state, row);
    row = nextReady(state, id);
  }
}

/** The ready proposal with the lowest id above `afterId`, or −1. */
function nextReady(state: State, afterId: number): number {
  const { proposals } = state;
  let found = -1;
  let foundId = Number.MAX_SAFE_INTEGER;
  for (let row = 0; row < state.limits.proposalsMax; row++) {
    const id = proposals.id.get(row);
    if (id <= afterId || id >= foundId || proposals.readyMs.get(row) > timeMs(state)) continue;
    found = row;
    foundId = id;
  }
  return found;
}

function changeParameter(state: State, row: number): void {
  const { proposals } = state;
  const change: ParameterChange = {
    scope: SCOPES[proposals.scope.get(row)] as ParameterScope,
    target: proposals.target.get(row),
    parameter: proposals.parameter.get(row),
    value: proposals.value.get(row),
  };
  // What passed the checks when it was proposed may no longer fit what has changed since.
  if (changeProblem(state, change) === undefined) applyChange(state, change);
  else state.events.push({ kind: 'proposalCancelled', proposal: proposals.id.get(row) });
  dropProposal(state, row);
}

/** A market with bad debt, or whose sources are unlawful, goes on waiting. */
function openMarket(state: State, row: number): void {
  const { instruments } = state;
  const instrument = state.proposals.target.get(row);
  if (instruments.badDebt.get(instrument) > 0n) return;
  if (weightsProblem(state, instruments.underlying.get(instrument)) !== undefined) return;
  instruments.state.set(instrument, MARKET_STATE.open);
  dropProposal(state, row);
  state.events.push({ kind: 'marketStateChanged', instrument, state: 'open' });
}

function newProposal(state: State, kind: number, readyMs: number): number {
  const { proposals, machine } = state;
  const id = machine.proposalSequence.get(0) + 1;
  machine.proposalSequence.set(0, id);
  const row = state.pools.proposals.allocate();
  proposals.id.set(row, id);
  proposals.kind.set(row, kind);
  proposals.readyMs.set(row, readyMs);
  return row;
}

function dropProposal(state: State, row: number): void {
  const { proposals } = state;
  proposals.id.set(row, 0);
  proposals.kind.set(row, 0);
  proposals.scope.set(row, 0);
  proposals.target.set(row, 0);
  proposals.parameter.set(row, 0);
  proposals.value.set(row, 0);
  proposals.readyMs.set(row, 0);
  state.pools.proposals.release(row);
}
