import {
  callerOf,
  chargeEnvelope,
  chargeRefusedWork,
  judgeAuthority,
  judgeEnvelope,
  SIGNER_AGENT,
  signerOf,
} from '../accounts/index.ts';
import { InvariantError } from '../math/index.ts';
import { judgeObservation } from '../oracle/index.ts';
import { gate, withdrawalRefusal } from '../risk/index.ts';
import {
  type Action,
  accepted,
  type Code,
  type CommandResult,
  commandProblem,
  LIQUIDATION_STAGE,
  type Observation,
  type OpenedCommand,
  observationProblem,
  rejections,
  SETTLEMENT_ASSET,
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
 * The result of most commands, made once: a block's results outlive it and are copied by the GC.
 */
const ONE_ACCEPTED: CommandResult = Object.freeze({
  code: accepted,
  actions: Object.freeze([accepted]) as readonly Code[],
});

/**
 * The envelope alone, reading only: ingress, mempool and proposal filter. Spec: accounts 2.
 */
export function admit(machine: Machine, command: OpenedCommand): Code {
  const problem = commandProblem(command);
  if (problem !== undefined) return refuse(machine.state, rejections.malformed, { problem });
  return judgeEnvelope(machine.state, command);
}

/** What would become of an observation in a block of that time, reading only. Spec: oracle 1. */
export function admitObservation(machine: Machine, observation: Observation, atMs: number): Code {
  const problem = observationProblem(observation);
  if (problem !== undefined) return refuse(machine.state, rejections.malformed, { problem });
  return judgeObservation(machine.state, observation, atMs);
}

/** A command whose envelope was judged: its code, and who sends it. */
export interface Envelope {
  readonly code: Code;
  readonly signer: number;
}

/**
 * Judges the envelope of a command in the canonical form and, if it holds, charges nonce and quota:
 * from here on the command cannot be sent again, whatever becomes of its body. What fails changes
 * nothing. Spec: machine 2.
 */
export function openEnvelope(
  machine: Machine,
  command: OpenedCommand,
  place: { readonly index: number; readonly report: DispatchReport },
): Envelope {
  const { state } = machine;
  const signer = signerOf(state, command);
  const code = judgeEnvelope(state, command, signer);
  if (code === accepted) chargeEnvelope(state, command, signer);
  else report(place, -1, { code, figures: state.figures });
  return { code, signer };
}

/**
 * The body: each action under the gate; a refused one is undone and the next goes on. An agent that
 * was revoked since its envelope was judged is refused as a whole. Spec: machine 2.
 */
export function runBody(
  machine: Machine,
  command: OpenedCommand,
  place: { readonly index: number; readonly report: DispatchReport; readonly signer: number },
): CommandResult {
  const { state } = machine;
  let { signer } = place;
  if (signer >= SIGNER_AGENT) {
    // Rows of agents move when one is revoked in this block.
    signer = signerOf(state, command);
    const code = judgeAuthority(state, command, signer);
    if (code !== accepted) {
      report(place, -1, { code, figures: state.figures });
      return { code, actions: NO_ACTIONS };
    }
  }
  const caller = callerOf(state, command, signer);
  const codes: Code[] = [];
  for (let i = 0; i < command.actions.length; i++) {
    state.figures = undefined;
    state.work = 0;
    const code = runAction(machine, command.actions[i] as Action, caller);
    if (code !== accepted) {
      report(place, i, { code, figures: state.figures });
      if (caller.account !== 0) chargeRefusedWork(state, caller.account, state.work);
    }
    codes.push(code);
  }
  return codes.length === 1 && codes[0] === accepted
    ? ONE_ACCEPTED
    : { code: accepted, actions: codes };
}

/** The result of a command whose envelope was refused. */
export function refusedResult(code: Code): CommandResult {
  return { code, actions: NO_ACTIONS };
}

/** Whether a command is in the canonical form; reports what is wrong if it is not. */
export function isSound(
  command: OpenedCommand,
  place: { readonly index: number; readonly report: DispatchReport },
): boolean {
  const problem = commandProblem(command);
  if (problem === undefined) return true;
  report(place, -1, { code: rejections.malformed.code, figures: { problem } });
  return false;
}

function report(
  place: { readonly index: number; readonly report: DispatchReport },
  action: number,
  refusal: { readonly code: Code; readonly figures: Figures | undefined },
): void {
  place.report.refusals.push({ command: place.index, action, ...refusal });
}

/**
 * One action under the gate, undone if it is refused. The one place that catches a broken
 * invariant: a user's action must not stop the machine, so it is undone and the machine goes
 * close-only.
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
      const asset = 'asset' in action ? action.asset : SETTLEMENT_ASSET;
      return code === accepted ? withdrawalRefusal(state, caller.account, asset) : code;
    });
  }
  const growing =
    action.kind === 'placeOrder' && !action.isReduceOnly
      ? { account: caller.account, instrument: action.instrument }
      : undefined;
  return gate(state, () => entry.handle(state, action, caller), growing);
}
