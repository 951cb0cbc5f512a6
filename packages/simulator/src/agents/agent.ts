import type { Machine } from '@plimsoll/core/machine';
import type { Action, Event, OpenedCommand } from '@plimsoll/core/schema';
import type { Seed } from '../seed.ts';

/**
 * What an agent sees when it is its turn, once per block and before it: the machine as the block
 * before left it, to read and to preview on, never to write.
 */
export interface AgentView {
  readonly machine: Machine;
  /** Time and height of the block that is being made. */
  readonly timeMs: number;
  readonly height: number;
  /** The agent's own random source; what others draw does not move it. */
  readonly random: Seed;
  /** Of the block before. */
  readonly events: readonly Event[];
  /** Ids of the agent's accounts, in the order of `Agent.accounts`. */
  readonly accounts: readonly number[];
  /** A command of one of the agent's accounts, signed by its owner, with the next nonce. */
  sign(account: number, actions: readonly Action[]): OpenedCommand;
}

/** What an account of an agent is opened with: amounts in asset units, by asset name. */
export interface AgentAccount {
  readonly balances: Readonly<Record<string, bigint>>;
}

/** Somebody who trades by a rule. It may keep what it knows between its turns. */
export interface Agent {
  readonly name: string;
  /** Accounts that the runner opens for it, with deposits; none: it acts for nobody. */
  readonly accounts?: readonly AgentAccount[];
  /** What it sends into the next block. */
  act(view: AgentView): readonly OpenedCommand[];
}
