import type { Event, OpenedCommand } from '@plimsoll/core/schema';
import type { Agent } from '../agents/index.ts';
import type { Directory, Host } from '../opening/index.ts';
import type { Seed } from '../seed.ts';

export interface AgentsOptions {
  readonly agents: readonly Agent[];
  /** Ids of the accounts of each agent. */
  readonly accounts: readonly (readonly number[])[];
  readonly host: Host;
  readonly directory: Directory;
  readonly seed: Seed;
}

/** Gives every agent its turn, with eyes and hands of its own. */
export class Agents {
  readonly #options: AgentsOptions;
  readonly #seeds: readonly Seed[];
  #events: readonly Event[] = [];

  constructor(options: AgentsOptions) {
    this.#options = options;
    this.#seeds = options.agents.map((agent) => options.seed.fork(agent.name));
  }

  /** What they all send into the block that is being made. */
  act(): OpenedCommand[] {
    const { agents, accounts, host, directory } = this.#options;
    return agents.flatMap((agent, at) =>
      agent.act({
        machine: host.machine,
        timeMs: host.timeMs,
        height: host.height,
        random: this.#seeds[at] as Seed,
        events: this.#events,
        accounts: accounts[at] ?? [],
        sign: (account, actions) => host.sign(directory.owner(account), account, actions),
      }),
    );
  }

  /** Shows them the events of the block before their next turn. */
  learn(events: readonly Event[]): void {
    this.#events = events;
  }
}
