import type { CommandResult, OpenedCommand } from '@plimsoll/core/schema';
import {
  AUTHORITIES,
  type Custodian,
  codeOf,
  type Directory,
  type Host,
} from '../opening/index.ts';
import type { ActionOutcome } from '../result.ts';
import type { Scenario, ScenarioAction } from '../scenarios/index.ts';
import { actionCommand, signerOf } from './actionCommand.ts';

/** Sends what a scenario says at its time, and compares what becomes of it. */
export class TimedActions {
  readonly #actions: readonly ScenarioAction[];
  readonly #at: TimedActionsOptions;
  readonly #outcomes: ActionOutcome[] = [];
  #next = 0;
  #sent: readonly ScenarioAction[] = [];

  constructor(options: TimedActionsOptions) {
    this.#actions = options.scenario.actions;
    this.#at = options;
  }

  /** The commands that are due at a time of the scenario, in ms since the start. */
  due(timeMs: number): OpenedCommand[] {
    const from = this.#next;
    this.#at.custodian.synchronize();
    while (this.#next < this.#actions.length && this.#isDue(timeMs)) this.#next++;
    this.#sent = this.#actions.slice(from, this.#next);
    return this.#sent.map((action) => this.#command(action));
  }

  /** What became of the commands that were due last, in their order. */
  judge(results: readonly CommandResult[]): void {
    this.#sent.forEach((action, at) => {
      const actual = codeOf(results[at]);
      this.#outcomes.push(this.#outcome(action, actual));
    });
    this.#sent = [];
  }

  /** All outcomes; what was never sent has none and does not hold. */
  outcomes(): ActionOutcome[] {
    const rest = this.#actions.slice(this.#next).map((action) => this.#outcome(action, null));
    return [...this.#outcomes, ...rest];
  }

  #isDue(timeMs: number): boolean {
    return (this.#actions[this.#next] as ScenarioAction).timeMs <= timeMs;
  }

  #command(action: ScenarioAction): OpenedCommand {
    const { host, directory, custodian } = this.#at;
    const account = directory.account(action.account) as number;
    const context = { ...this.#at, depositSequence: custodian.nextSequence };
    const made = actionCommand(action, context);
    if (made.kind === 'deposit' && made.sequence === custodian.nextSequence) custodian.skip();
    return host.sign(signerOf(made, account, directory), account, [made]);
  }

  #outcome(action: ScenarioAction, actual: number | null): ActionOutcome {
    return {
      timeMs: action.timeMs,
      account: action.account,
      kind: action.command.kind,
      expected: action.expectedCode,
      actual,
      holds: actual === action.expectedCode,
    };
  }
}

export interface TimedActionsOptions {
  readonly scenario: Scenario;
  readonly fileName: string;
  readonly host: Host;
  readonly directory: Directory;
  readonly custodian: Custodian;
}

/** Halts of markets: the guardian says from a block on until when. */
export class Halts {
  readonly #options: TimedActionsOptions;
  readonly #begun = new Set<number>();

  constructor(options: TimedActionsOptions) {
    this.#options = options;
  }

  /** The commands that are due at a time of the scenario, in ms since the start. */
  due(timeMs: number): OpenedCommand[] {
    const { scenario, host, directory } = this.#options;
    const commands: OpenedCommand[] = [];
    scenario.halts.forEach((halt, at) => {
      if (this.#begun.has(at) || timeMs < halt.fromMs || timeMs >= halt.toMs) return;
      this.#begun.add(at);
      const instrument = directory.instrument(halt.instrument) as number;
      const untilMs = scenario.startTimeMs + halt.toMs;
      const action = { kind: 'haltMarket', instrument, untilMs } as const;
      commands.push(host.sign(AUTHORITIES.guardian, 0, [action]));
    });
    return commands;
  }
}
