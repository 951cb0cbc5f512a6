import {
  type Action,
  accepted,
  actionProblem,
  type Code,
  type Event,
  rejections,
} from '../schema/index.ts';
import { type Caller, type Figures, refuse, rollbackTo, savepoint } from '../state/index.ts';
import { runAction } from './dispatch.ts';
import type { Machine } from './genesis.ts';

/** What would become of actions if they were sent now. */
export interface Preview<T> {
  readonly codes: readonly Code[];
  readonly figures: readonly (Figures | undefined)[];
  readonly events: readonly Event[];
  /** What `read` saw in the state after the actions. */
  readonly after: T;
}

/**
 * Runs actions of an account as its owner, reads the state, and undoes everything through the log:
 * no copy, no trace. Not while a block is being applied. Spec: machine 4.
 */
export function preview<T>(
  machine: Machine,
  request: { readonly account: number; readonly actions: readonly Action[] },
  read: () => T,
): Preview<T> {
  const { state } = machine;
  const point = savepoint(state);
  const caller: Caller = { account: request.account, isOwner: true, role: 0 };
  const codes: Code[] = [];
  const figures: (Figures | undefined)[] = [];
  try {
    for (const action of request.actions) {
      state.figures = undefined;
      const problem = actionProblem(action);
      const code =
        problem === undefined
          ? runAction(machine, action, caller)
          : refuse(state, rejections.malformed, { problem });
      codes.push(code);
      figures.push(code === accepted ? undefined : state.figures);
    }
    return { codes, figures, events: state.events.slice(point.events), after: read() };
  } finally {
    rollbackTo(state, point);
  }
}
