import { callerOf, chargeEnvelope, judgeEnvelope, signerOf } from '../accounts/index.ts';
import { InvariantError } from '../math/index.ts';
import { gate, withdrawalRefusal } from '../risk/index.ts';
import {
  type Action,
  accepted,
  type Code,
  type CommandResult,
  commandProblem,
  LIQUIDATION_STAGE,
  type OpenedCommand,
  rejections,
} from '../schema/index.ts';
import { type Caller, type Figures, refuse, rollbackTo, savepoint } from '../state/index.ts';
import { entryOf } from './commands.ts';
import type { Machine } from './genesis.ts';

/** Why an action was refused, with its figures; output beside the codes of the results. */
export interface Refusal {
  readonly command: number;
  /** −1: the envelope. */
  readonly action: number;
  readonly code: Code;
  readonly figures: Figures | undefined;
}

/** What the dispatcher tells besides codes. */
export interface DispatchReport {
  readonly refusals: Refusal[];
}

const NO_ACTIONS: readonly Code[] = Object.freeze([]) as readonly Code[];

/**
 * The envelope alone, reading only: ingress, mempool and proposal filter. Spec: accounts 2.
 */
export function admit(machine: Machine, command: OpenedCommand): Code {
  const problem = commandProblem(command);
  if (problem !== undefined) return refuse(machine.state, rejections.malformed, { problem });
  return judgeEnvelope(machine.state, command);
}

/**
 * One command: envelope, then each action under the gate. What fails the envelope changes nothing;
 * an action that fails changes nothing but the envelope. Spec: machine 2.
 */
export function dispatch(
  machine: Machine,
  command: OpenedCommand,
  place: { readonly index: number; readonly report: DispatchReport },
): CommandResult {
  const { state } = machine;
  const { index, report } = place;
  const problem = commandProblem(command);
  const signer = problem === undefined ? signerOf(state, command) : 0;
  const code =
    problem === undefined
      ? judgeEnvelope(state, command, signer)
      : refuse(state, rejections.malformed, { problem });
  if (code !== accepted) {
    report.refusals.push({ command: index, action: -1, code, figures: state.figures });
    return { code, actions: NO_ACTIONS };
  }
  chargeEnvelope(state, command, signer);
  const caller = callerOf(state, command, signer);
  const codes: Code[] = [];
  for (let i = 0; i < command.actions.length; i++) {
    state.figures = undefined;
    const each = runAction(machine, command.actions[i] as Action, caller);
    if (each !== accepted) {
      report.refusals.push({ command: index, action: i, code: each, figures: state.figures });
    }
    codes.push(each);
  }
  return { code: accepted, actions: codes };
}

/**
 * One action under the gate, undone if it is refused. The one place that catches a broken invariant:
 * a user's action must not stop the machine, so it is undone and the machine goes close-only.
 */
export function runAction(machine: Machine, action: Action, caller: Caller): Code {
  const { state, conservation } = machine;
  const point = savepoint(state);
  try {
    const code = judged(machine, action, caller);
    if (code === accepted) conservation.check(point.entries);
    else rollbackTo(state, point);
    return code;
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    rollbackTo(state, point);
    state.machine.isCloseOnly.set(0, 1);
    state.events.push({ kind: 'closeOnlyEntered', invariant: error.sentence.slice(0, 16) });
    return refuse(state, rejections.invariantBroken, { invariant: error.message });
  }
}

function judged(machine: Machine, action: Action, caller: Caller): Code {
  const { state } = machine;
  const entry = entryOf(action);
  if (!entry.isAlwaysOpen && !(action.kind === 'placeOrder' && action.isReduceOnly)) {
    if (state.machine.isCloseOnly.get(0) === 1) return refuse(state, rejections.closeOnly);
    if (state.accounts.liquidationStage.get(caller.account) !== LIQUIDATION_STAGE.none) {
      return refuse(state, rejections.inLiquidation);
    }
  }
  if (entry.test === 'withdrawal') {
    return gate(state, () => {
      const code = entry.handle(state, action, caller);
      return code === accepted ? withdrawalRefusal(state, caller.account) : code;
    });
  }
  const growing =
    action.kind === 'placeOrder' && !action.isReduceOnly
      ? { account: caller.account, instrument: action.instrument }
      : undefined;
  return gate(state, () => entry.handle(state, action, caller), growing);
}
