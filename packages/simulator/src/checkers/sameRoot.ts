import { applyBlock, hex, type Machine, restore, rootNow, snapshot } from '@plimsoll/core/machine';
import type { Seed } from '../seed.ts';
import type { CheckContext, Checker } from './checker.ts';

export interface SameRootOptions {
  /** A twin is restored after so many blocks, and lives for so many. */
  readonly everyBlocks: number;
  readonly livesBlocks: number;
}

/**
 * I13: a machine restored from a snapshot with its rows placed at random has the same root, and
 * after the same blocks still has, with the same results and events.
 */
export function sameRootChecker(random: Seed, options: SameRootOptions): Checker {
  let twin: Machine | undefined;
  let age = 0;
  let blocks = 0;
  return {
    name: 'sameRoot',
    invariant: 'I13',
    check: (context) => {
      blocks += 1;
      if (twin !== undefined) {
        age += 1;
        const sentences = follow(twin, context, age >= options.livesBlocks);
        if (age >= options.livesBlocks || sentences.length > 0) twin = undefined;
        return sentences;
      }
      if (blocks % options.everyBlocks !== 0) return [];
      twin = restoredTwin(context.machine, random);
      age = 0;
      return compareRoots(twin, context.machine, 'restored');
    },
  };
}

function restoredTwin(machine: Machine, random: Seed): Machine {
  const placement = (count: number): Int32Array =>
    Int32Array.from(random.shuffle(Array.from({ length: count }, (_, i) => i)));
  return restore(snapshot(machine), machine.state.limits, {
    placement,
    hashPairs: machine.hashPairs,
  });
}

function follow(twin: Machine, context: CheckContext, isLast: boolean): string[] {
  const { block, outcome, machine } = context;
  const other = applyBlock(twin, block);
  const sentences: string[] = [];
  const [one, two] = [text(outcome.events), text(other.events)];
  if (one !== two) sentences.push(`a twin has other events: ${firstDifference(one, two)}`);
  if (text(outcome.results) !== text(other.results)) sentences.push('a twin has other results');
  return isLast ? [...sentences, ...compareRoots(twin, machine, 'following')] : sentences;
}

function compareRoots(twin: Machine, machine: Machine, when: string): string[] {
  const [one, two] = [hex(rootNow(machine).root), hex(rootNow(twin).root)];
  return one === two ? [] : [`a ${when} twin has the root ${two}, not ${one}`];
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}

function firstDifference(one: string, two: string): string {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `…${one.slice(from, at + 60)} | …${two.slice(from, at + 60)}`;
}
