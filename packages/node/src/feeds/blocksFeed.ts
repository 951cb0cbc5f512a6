import { chainHashOf, hex, type Machine } from '@plimsoll/core/machine';
import { accepted, type CommandResult } from '@plimsoll/core/schema';
import type { FeedMessage } from '../parts.ts';
import type { AppliedBlock } from './feedBuilder.ts';
import type { Topics } from './topics.ts';

/** What a block held and where the chain stands. Spec: stream 4.7. */
export function blockUpdate(topics: Topics, machine: Machine, applied: AppliedBlock): FeedMessage {
  const { block, outcome } = applied;
  const body = {
    commands: block.commands.length,
    accepted: outcome.results.filter(isAccepted).length,
    prices: block.observations.length,
    events: outcome.events.length,
    chainHash: `0x${hex(chainHashOf(machine))}`,
    ...(outcome.root === undefined ? {} : { root: `0x${hex(outcome.root.root)}` }),
  };
  return topics.update('blocks', '', JSON.stringify(body).slice(1, -1));
}

export function blockSnapshot(topics: Topics, machine: Machine): FeedMessage {
  return topics.snapshot('blocks', '', `"chainHash":"0x${hex(chainHashOf(machine))}"`);
}

function isAccepted({ code, actions }: CommandResult): boolean {
  return code === accepted && actions.every((action) => action === accepted);
}
