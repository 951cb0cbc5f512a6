import type { OpenedCommand } from '@plimsoll/core/schema';
import type { ScenarioDepth, ScenarioInstrument } from '../scenarios/index.ts';
import { type LadderOrder, ladderOrders } from '../setup/index.ts';
import type { Directory } from './directory.ts';
import type { Host } from './host.ts';
import { orderAction } from './orders.ts';

const ACTIONS_PER_COMMAND = 32;

/** Keeps the orders of one depth profile on the book. */
export class DepthMaker {
  readonly account: number;
  readonly instrument: number;
  readonly #host: Host;
  readonly #directory: Directory;
  readonly #depth: ScenarioDepth;
  readonly #listing: ScenarioInstrument;
  #isStanding = false;
  #quotedMs = Number.NEGATIVE_INFINITY;
  #quotedIndex = 0;

  constructor(
    depth: ScenarioDepth,
    at: { readonly host: Host; readonly directory: Directory; readonly account: number },
  ) {
    this.account = at.account;
    this.instrument = at.directory.instrument(depth.instrument) as number;
    this.#host = at.host;
    this.#directory = at.directory;
    this.#depth = depth;
    this.#listing = at.directory.listing(this.instrument);
  }

  /** What it sends into the block at a time of the scenario, in ms since the start. */
  act(timeMs: number): OpenedCommand[] {
    const { fromMs, untilMs, requoteEveryMs } = this.#depth;
    const isDue = timeMs >= fromMs && timeMs < untilMs;
    if (!isDue) return this.#isStanding ? this.#withdraw() : [];
    const index = this.#index();
    if (!this.#isStanding) return index > 0 ? this.#quote(timeMs, index) : [];
    if (requoteEveryMs === null || timeMs - this.#quotedMs < requoteEveryMs) return [];
    // Orders that would stand where they stand keep their place in the queue.
    if (index === this.#quotedIndex || index === 0) return [];
    return [...this.#withdraw(), ...this.#quote(timeMs, index)];
  }

  #index(): number {
    const { instruments, underlyings } = this.#host.machine.state;
    return underlyings.index.get(instruments.underlying.get(this.instrument));
  }

  #withdraw(): OpenedCommand[] {
    this.#isStanding = false;
    return [this.#sign([{ kind: 'cancelAll', instrument: this.instrument }])];
  }

  #quote(timeMs: number, index: number): OpenedCommand[] {
    if (this.#depth.ladder === null) return [];
    this.#isStanding = true;
    this.#quotedMs = timeMs;
    this.#quotedIndex = index;
    const orders = ladderOrders(this.#depth.ladder, index, this.#listing);
    const commands: OpenedCommand[] = [];
    for (let at = 0; at < orders.length; at += ACTIONS_PER_COMMAND) {
      const actions = orders.slice(at, at + ACTIONS_PER_COMMAND).map((one) => this.#order(one));
      commands.push(this.#sign(actions));
    }
    return commands;
  }

  #order({ side, price, lots }: LadderOrder): ReturnType<typeof orderAction> {
    return orderAction({ instrument: this.instrument, side, price, lots, isPostOnly: true });
  }

  #sign(actions: Parameters<Host['sign']>[2]): OpenedCommand {
    return this.#host.sign(this.#directory.owner(this.account), this.account, actions);
  }
}
