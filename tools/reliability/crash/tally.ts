import type { Fate } from './checks.ts';

/** Where a kill hit, as it was seen afterwards. */
export type Hit =
  | 'under load'
  | 'under load, a snapshot half written'
  | 'idle'
  | 'start-up, before the store is open'
  | 'start-up, while it recovers'
  | 'start-up, before it serves';

/** What a run counts. */
export class Tally {
  rounds = 0;
  readonly kills: Map<Hit, number> = new Map();
  readonly fates: Map<Fate, number> = new Map();
  readonly startMs: number[] = [];
  readonly recoveryMs: number[] = [];
  readonly replayMs: number[] = [];
  acknowledged = 0;
  refusedInBlocks = 0;
  pricesAcknowledged = 0;
  refusedAtTheDoor = 0;
  doubts = 0;
  lookedUp = 0;
  verified = 0;
  verifyText = 'never';
  readonly violations: string[] = [];

  hit(hit: Hit): void {
    this.kills.set(hit, (this.kills.get(hit) ?? 0) + 1);
  }

  fate(fate: Fate): void {
    this.fates.set(fate, (this.fates.get(fate) ?? 0) + 1);
  }

  violated(round: number, violations: readonly string[]): void {
    this.violations.push(...violations.map((violation) => `round ${round}: ${violation}`));
  }

  /** As a table of Markdown. */
  text(): string {
    const kills = [...this.kills.values()].reduce((sum, each) => sum + each, 0);
    const fate = (of: Fate): string => count(this.fates.get(of) ?? 0);
    const rows: [string, string][] = [
      ['rounds', count(this.rounds)],
      ['kills with SIGKILL', count(kills)],
      ...[...this.kills].sort().map(([hit, times]): [string, string] => [`· ${hit}`, count(times)]),
      ['commands acknowledged', count(this.acknowledged)],
      ['· of them refused in their block', count(this.refusedInBlocks)],
      ['· looked up by their digest after the restart', count(this.lookedUp)],
      ['signed prices acknowledged', count(this.pricesAcknowledged)],
      ['commands refused at the door, in no block', count(this.refusedAtTheDoor)],
      ['commands without an answer', count(this.doubts)],
      ['· in one block; sent again: that receipt', fate('stored')],
      ['· in no block; sent again: executed once', fate('executed again')],
      ['· in no block; sent again: refused, since expired', fate('refused again')],
      ['· in no block; not sent again: in none', fate('let be')],
      ['start of the process to serving, p50 / max', times(this.startMs)],
      ['· of it from the lock on the store on, p50 / max', times(this.recoveryMs)],
      ['· replays from the genesis, p50 / max', times(this.replayMs)],
      ['replays by another process (verify --signatures)', count(this.verified)],
      ['the last one', this.verifyText],
      ['violations', count(this.violations.length)],
    ];
    return [
      '| what | how many |',
      '| --- | ---: |',
      ...rows.map(([a, b]) => `| ${a} | ${b} |`),
    ].join('\n');
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function times(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
  return `${seconds(median(values))} / ${seconds(Math.max(...values))}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
