import { applyBlock, hex, rootNow } from '@plimsoll/core/machine';
import type { Block, Event, OpenedCommand } from '@plimsoll/core/schema';
import {
  type Agent,
  borrower,
  depositor,
  Fuzzer,
  hedger,
  marketMaker,
  trendTrader,
} from '../agents/index.ts';
import { createCheckers, type Violation } from '../checkers/index.ts';
import { Seed } from '../seed.ts';
import { type Coverage, countBlock, countRejection, emptyCoverage } from './coverage.ts';
import { type PlannedWorld, planWorld } from './plan.ts';
import { PriceFeed } from './priceFeed.ts';
import type { World } from './world.ts';

/** What became of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  readonly blocks: number;
  readonly root: string;
  readonly coverage: Coverage;
  readonly violations: readonly Violation[];
}

const MAKERS = 5;
/** A run stops once so much is wrong: the first sentences tell. */
const VIOLATIONS_MAX = 20;

interface Player {
  readonly agent: Agent;
  readonly accounts: readonly number[];
  readonly random: Seed;
}

/** One random world, lived through for so many blocks with every checker on after each. */
export function runSeed(seed: number, blocks: number): SeedOutcome {
  const source = new Seed(seed);
  const coverage = emptyCoverage();
  const planned = planWorld(source);
  const { world } = planned;
  const checkers = createCheckers(world.machine, source.fork('checkers'));
  const violations: Violation[] = [];
  let events: readonly Event[] = [];
  world.witnesses.push((block, outcome) => {
    events = outcome.events;
    countBlock(coverage, outcome);
    violations.push(...checkers.check(block, outcome));
  });
  const days = source.fork('days');
  const feed = new PriceFeed(source.fork('prices'), planned.underlyings);
  const players = createPlayers(source, planned);
  const fuzzer = new Fuzzer(world, source.fork('fuzzer'), {
    rate: days.pick([2, 5, 10]),
    hostility: days.pick([0.02, 0.06]),
    governance: days.pick([0.01, 0.05]),
  });
  for (let at = 0; at < blocks && violations.length < VIOLATIONS_MAX; at++) {
    const elapsedMs = nextElapsed(days);
    feed.publish(world, elapsedMs);
    world.send(...custodianCommands(world, days));
    for (const player of players) world.send(...play(world, player, { events, elapsedMs }));
    world.send(...fuzzer.act());
    if (days.chance(0.05)) spoilBlock(world, world.nextBlock(elapsedMs), { days, coverage });
    world.step(elapsedMs);
  }
  const root = hex(rootNow(world.machine).root);
  return { seed, blocks, root, coverage, violations };
}

function play(
  world: World,
  player: Player,
  now: { readonly events: readonly Event[]; readonly elapsedMs: number },
): readonly OpenedCommand[] {
  return player.agent.act({
    machine: world.machine,
    timeMs: world.timeMs + now.elapsedMs,
    height: world.height + 1,
    random: player.random,
    events: now.events,
    accounts: player.accounts,
    sign: (account, actions) => world.sign(account, actions),
  });
}

function createPlayers(seed: Seed, planned: PlannedWorld): Player[] {
  const { accounts } = planned;
  const random = seed.fork('players');
  const all = Array.from({ length: accounts }, (_, i) => i + 1);
  const share = (part: number): number[] => all.filter((id) => id > MAKERS && random.chance(part));
  const makers = all.slice(0, MAKERS);
  const activity = random.pick([0.05, 0.2]);
  const crews: [Agent, readonly number[]][] = [
    [marketMaker({ name: 'makers', levels: random.integer(1, 4), halfSpread: 0.002 }), makers],
    [trendTrader({ name: 'bold', appetite: 0.95, activity }), share(0.5)],
    [trendTrader({ name: 'cautious', appetite: 0.2, activity }), share(0.2)],
    [hedger({ name: 'hedgers', activity: 0.1 }), share(0.2)],
    [borrower({ name: 'borrowers', activity: 0.1 }), share(0.4)],
    [depositor({ name: 'savers', activity: 0.02 }), share(0.3)],
  ];
  return crews.map(([agent, own]) => ({
    agent,
    accounts: own,
    random: seed.fork(`agent ${agent.name}`),
  }));
}

function nextElapsed(days: Seed): number {
  const dice = days.uniform();
  if (dice < 0.03) return 0;
  if (dice < 0.75) return days.integer(200, 3_000);
  if (dice < 0.93) return days.integer(3_000, 20_000);
  if (dice < 0.985) return days.integer(20_000, 130_000);
  if (dice < 0.998) return days.integer(600_000, 7_200_000);
  return 90_000_000;
}

/** The custodian pays what was released, late now and then. */
function custodianCommands(world: World, days: Seed): OpenedCommand[] {
  const { withdrawals } = world.machine.state;
  const commands: OpenedCommand[] = [];
  for (let row = 0; row < withdrawals.id.rows; row++) {
    if (withdrawals.released.get(row) === 0n || days.chance(0.4)) continue;
    const withdrawal = withdrawals.id.get(row);
    const outcome = days.chance(0.9) ? 'paid' : 'returned';
    commands.push(world.signAs('custodian', [{ kind: 'settleWithdrawal', withdrawal, outcome }]));
  }
  return commands;
}

/** Offers the machine a block that does not follow: it must refuse it and stay as it was. */
function spoilBlock(
  world: World,
  block: Block,
  by: { readonly days: Seed; readonly coverage: Coverage },
): void {
  const forms: object[] = [
    { ...block, height: block.height + 1 },
    { ...block, height: block.height - 1 },
    { ...block, timeMs: world.timeMs - 1 },
    { ...block, version: block.version + 1 },
    { ...block, commands: undefined },
    { ...block, height: Number.NaN },
  ];
  const { code } = applyBlock(world.machine, by.days.pick(forms) as Block);
  if (code === 0) throw new Error('a block that does not follow was applied');
  countRejection(by.coverage, code);
}
