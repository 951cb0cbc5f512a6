import { releaseWithdrawals } from '../custody/index.ts';
import { applyProposals } from '../governance/index.ts';
import { accrueInterest } from '../ledger/index.ts';
import { runLiquidations } from '../liquidation/index.ts';
import { runLosses } from '../losses/index.ts';
import { applyObservations, updateIndexes } from '../oracle/index.ts';
import { advanceFunding } from '../positions/index.ts';
import { advanceScreen, disarmTouched } from '../risk/index.ts';
import {
  type Action,
  accepted,
  type Block,
  blockProblem,
  type Code,
  type CommandResult,
  commandSchema,
  type Event,
  globalParameters,
  type Lane,
  type Observation,
  type OpenedCommand,
  observationProblem,
  rejections,
} from '../schema/index.ts';
import { type Figures, globalParameter, rollbackTo, type State } from '../state/index.ts';
import { recordBookFigures, updateMarks } from '../venue/index.ts';
import { chainBlock } from './chain.ts';
import {
  type DispatchReport,
  isSound,
  openEnvelope,
  type Refusal,
  refusedResult,
  runBody,
} from './dispatch.ts';
import type { Machine } from './genesis.ts';
import type { RootParts } from './roots/roots.ts';

/** What a block did. */
export interface BlockOutcome {
  /** Not 0: the block itself was refused and the state is as before. */
  readonly code: Code;
  readonly figures?: Figures | undefined;
  /** One per command, in the order of the block. */
  readonly results: readonly CommandResult[];
  readonly observationCodes: readonly Code[];
  readonly events: readonly Event[];
  readonly refusals: readonly Refusal[];
  /** Two per command: where its events begin in `events`, and where they end. */
  readonly eventSpans: Int32Array;
  /** Whether a root was due, computed or not. */
  readonly isRootDue: boolean;
  /** Present when a root was due, unless it was left out. */
  readonly root?: RootParts | undefined;
}

/** How a block is applied. */
export interface ApplyOptions {
  /**
   * 'later': a root that is due is not computed. State, outcome and every later root are the same:
   * for a replay that compares a later one. 'due' unless said.
   */
  readonly roots?: 'due' | 'later';
}

/** A hundred years: more between two blocks is a broken clock, and interest must not overflow. */
const GAP_MAX_MS = 3_155_760_000_000;

const LANES: { readonly [L in Lane]: number } = {
  custody: 0,
  governance: 1,
  reduce: 2,
  postOnly: 3,
  rest: 4,
};

/**
 * The only way in. The phases of a block in their order; the same blocks give the same roots on
 * every engine. A block that does not follow is refused and changes nothing; a broken invariant in
 * a phase undoes the block and is thrown on, so that the host stops. Spec: machine 1.
 *
 * @throws InvariantError when the program is wrong.
 */
export function applyBlock(
  machine: Machine,
  block: Block,
  options: ApplyOptions = {},
): BlockOutcome {
  const { state } = machine;
  const refusal = judgeBlock(state, block);
  if (refusal !== undefined) return refusal;
  state.log.clear();
  state.events.length = 0;
  try {
    return runPhases(machine, block, options);
  } catch (error) {
    machine.roots.note();
    rollbackTo(state, { entries: 0, events: 0 });
    throw error;
  }
}

/**
 * Undoes the block applied last, while nothing else was written: a proposal that was not decided.
 */
export function undoBlock(machine: Machine): void {
  machine.roots.note();
  rollbackTo(machine.state, { entries: 0, events: 0 });
}

function runPhases(machine: Machine, block: Block, options: ApplyOptions): BlockOutcome {
  const { state, conservation } = machine;
  const elapsedMs = block.timeMs - state.machine.timeMs.get(0);
  state.machine.height.set(0, block.height);
  state.machine.timeMs.set(0, block.timeMs);
  // 1 Time.
  accrueInterest(state);
  advanceFunding(state, elapsedMs);
  applyProposals(state);
  // 2 Prices, frozen from here to the end of the block.
  const observationCodes = takeObservations(state, block.observations);
  updateIndexes(state);
  updateMarks(state);
  advanceScreen(state);
  conservation.check(0);
  disarmTouched(state);
  // 3 Triggers have their place here. 4 Commands.
  const report: DispatchReport = { refusals: [] };
  const eventSpans = new Int32Array(block.commands.length * 2);
  const results = runCommands(machine, block.commands, { report, eventSpans });
  // 5 Expiries and releases.
  const entries = state.log.count;
  releaseWithdrawals(state);
  // 6 Liquidation and losses. The gate has disarmed what the commands touched.
  disarmTouched(state, entries);
  const closed = state.log.count;
  runLiquidations(state);
  runLosses(state);
  disarmTouched(state, closed);
  // 7 Checks and roots.
  recordBookFigures(state);
  conservation.check(entries);
  chainBlock(machine, block, results);
  const isRootDue = noteBlock(machine);
  return {
    code: accepted,
    results,
    observationCodes,
    events: state.events.slice(),
    refusals: report.refusals,
    eventSpans,
    isRootDue,
    root: isRootDue && options.roots !== 'later' ? machine.roots.compute() : undefined,
  };
}

function judgeBlock(state: State, block: Block): BlockOutcome | undefined {
  const problem = blockProblem(block);
  if (problem !== undefined) return refused(rejections.blockMalformed.code, { problem });
  const { machine } = state;
  const height = machine.height.get(0) + 1;
  if (block.height !== height) return refused(rejections.blockHeight.code, { height });
  const timeMs = machine.timeMs.get(0);
  if (block.timeMs < timeMs || block.timeMs > timeMs + GAP_MAX_MS) {
    return refused(rejections.blockTime.code, { timeMs, latestMs: timeMs + GAP_MAX_MS });
  }
  const version = machine.version.get(0);
  if (block.version !== version) return refused(rejections.blockVersion.code, { version });
  return undefined;
}

function refused(code: Code, figures: Figures): BlockOutcome {
  return {
    code,
    figures,
    results: [],
    observationCodes: [],
    events: [],
    refusals: [],
    eventSpans: new Int32Array(0),
    isRootDue: false,
  };
}

function takeObservations(state: State, observations: readonly Observation[]): Code[] {
  const sound: Observation[] = [];
  const codes: Code[] = [];
  for (const observation of observations) {
    const isSound = observationProblem(observation) === undefined;
    codes.push(isSound ? accepted : rejections.malformed.code);
    if (isSound) sound.push(observation);
  }
  const judged = applyObservations(state, sound);
  let next = 0;
  return codes.map((code) => (code === accepted ? (judged[next++] as Code) : code));
}

/**
 * Commands by lane, in order of arrival inside a lane. The envelopes of custody and governance are
 * judged as they run, since they open accounts and set keys; those of all others before any of
 * their bodies, in order of arrival, so that lanes cannot put a client's nonces out of order.
 */
function runCommands(
  machine: Machine,
  commands: readonly OpenedCommand[],
  out: { readonly report: DispatchReport; readonly eventSpans: Int32Array },
): CommandResult[] {
  const { report, eventSpans } = out;
  const results: CommandResult[] = new Array<CommandResult>(commands.length);
  const lanes = new Int8Array(commands.length);
  const signers = new Int32Array(commands.length);
  const open = (index: number): boolean => {
    const command = commands[index] as OpenedCommand;
    const { code, signer } = openEnvelope(machine, command, { index, report });
    signers[index] = signer;
    if (code !== accepted) results[index] = refusedResult(code);
    return code === accepted;
  };
  const run = (index: number): void => {
    const signer = signers[index] as number;
    const command = commands[index] as OpenedCommand;
    eventSpans[index * 2] = machine.state.events.length;
    results[index] = runBody(machine, command, { index, report, signer });
    eventSpans[index * 2 + 1] = machine.state.events.length;
  };
  for (let i = 0; i < commands.length; i++) {
    const command = commands[i] as OpenedCommand;
    const isRead = isSound(command, { index: i, report });
    lanes[i] = isRead ? laneOf(command) : -1;
    if (!isRead) results[i] = refusedResult(rejections.malformed.code);
  }
  for (let lane = 0; lane <= LANES.governance; lane++) {
    for (let i = 0; i < commands.length; i++) if (lanes[i] === lane && open(i)) run(i);
  }
  for (let i = 0; i < commands.length; i++) {
    if ((lanes[i] as number) > LANES.governance && !open(i)) lanes[i] = -1;
  }
  for (let lane = LANES.governance + 1; lane <= LANES.rest; lane++) {
    for (let i = 0; i < commands.length; i++) if (lanes[i] === lane) run(i);
  }
  return results;
}

/** A command goes with the latest lane of its actions. */
function laneOf(command: OpenedCommand): number {
  let lane = 0;
  for (const action of command.actions) lane = Math.max(lane, laneOfAction(action));
  return lane;
}

function laneOfAction(action: Action): number {
  if (action.kind === 'placeOrder') {
    if (action.isReduceOnly) return LANES.reduce;
    return action.isPostOnly ? LANES.postOnly : LANES.rest;
  }
  return LANES[commandSchema[action.kind].lane];
}

/** The trees learn of every block; they are hashed only when a root is due, which this tells. */
function noteBlock(machine: Machine): boolean {
  const { state, roots } = machine;
  const timeMs = state.machine.timeMs.get(0);
  const intervalMs = globalParameter(state, globalParameters.rootIntervalMs);
  const isDue = timeMs >= state.machine.rootTimeMs.get(0) + intervalMs;
  if (isDue) state.machine.rootTimeMs.set(0, timeMs);
  roots.note();
  return isDue;
}

/**
 * Does part of the work of the next root, for a host that has time between two blocks: afterwards
 * at most `dirtyMax` accounts are left to be hashed when it is due. Changes no state and no root.
 */
export function hashAhead(machine: Machine, dirtyMax: number): void {
  machine.roots.hashAhead(dirtyMax);
}

/** The root of the present state, due or not; for a host that wants one now. */
export function rootNow(machine: Machine): RootParts {
  machine.roots.note();
  return machine.roots.compute();
}
