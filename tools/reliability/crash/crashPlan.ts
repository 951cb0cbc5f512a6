// When the node is killed: a plan made of the seed alone, so that the same seed kills alike.
import { Seed } from '@plimsoll/simulator';

/**
 * Where a kill is aimed. `load`: clients send; `snapshot`: clients send and a snapshot is being
 * written; `idle`: nobody sends; `startUp`: anywhere from the start of the process until it serves;
 * `recovery`: from the moment at which the store is locked on.
 */
export type Aim = 'load' | 'snapshot' | 'idle' | 'startUp' | 'recovery';

export interface PlannedKill {
  readonly aim: Aim;
  /** Where in the span of its aim, from 0 to 1. */
  readonly fraction: number;
  /** All snapshots are taken away before this start, so that it replays from the genesis. */
  readonly fromGenesis: boolean;
}

/** One round: at least one kill under load, and each kill is followed by a start. */
export interface Round {
  readonly number: number;
  readonly kills: readonly PlannedKill[];
}

/** Every `n`th round has one: so that a short run has each kind too. */
const SNAPSHOT_EVERY = 4;
const IDLE_EVERY = 4;
const START_EVERY = 3;

export function planRounds(rounds: number, seed: number): Round[] {
  const random = new Seed(seed);
  const kill = (aim: Aim, fromGenesis = false): PlannedKill => ({
    aim,
    fraction: random.uniform(),
    fromGenesis,
  });
  return Array.from({ length: rounds }, (_, at) => {
    const number = at + 1;
    const kills: PlannedKill[] = [];
    if (number % IDLE_EVERY === 0) kills.push(kill('idle'));
    kills.push(kill(number % SNAPSHOT_EVERY === 2 ? 'snapshot' : 'load'));
    if (number % START_EVERY === 0) {
      const fromGenesis = random.uniform() < 0.3;
      kills.push(kill('startUp'), kill('recovery', fromGenesis));
      if (random.uniform() < 0.3) kills.push(kill('recovery'));
    }
    return { number, kills };
  });
}
