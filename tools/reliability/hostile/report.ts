import type { Latency } from './honestMessages.ts';
import type { AttackOutcome } from './judge.ts';
import type { HostileResult } from './runHostile.ts';

/** The table of a run, as Markdown. */
export function markdownOf(
  { outcomes, honest, history, start, end, faults }: HostileResult,
  whats: ReadonlyMap<string, string>,
): string {
  const phase = (name: string): Latency | undefined => honest.phases[name];
  const rows = outcomes.map((outcome, i) => {
    const told = honest.told[`attack ${i + 1}`];
    const latency = [`calm ${i}`, `attack ${i + 1}`, `calm ${i + 1}`].map((name) =>
      shown(phase(name)),
    );
    return row([
      `${i + 1}`,
      `**${outcome.name}**: ${whats.get(outcome.name) ?? ''}`,
      thousands(outcome.attempts),
      answersOf(outcome),
      latency.join(' → '),
      told === undefined ? '–' : `${told.p99.toFixed(0)}`,
      memoryOf(outcome),
    ]);
  });
  const attempts = outcomes.reduce((sum, each) => sum + each.attempts, 0);
  const idle = Object.values(honest.idle).reduce((sum, each) => sum + each, 0);
  const lost = Object.values(honest.lost).reduce((sum, each) => sum + each, 0);
  return [
    row([
      '#',
      'what was done',
      'times',
      'what the node answered',
      'honest p50 / p99 ms',
      'told p99 ms',
      'MiB',
    ]),
    row(['---:', '---', '---:', '---', '---', '---:', '---']),
    ...rows,
    '',
    `${outcomes.length} attacks, ${thousands(attempts)} attempts. Blocks: ${thousands(history.blocks)}, with ` +
      `${thousands(history.commands)} commands and ${thousands(history.prices)} prices, each of them signed by whom it ` +
      `had to be. The honest client sent ${thousands(honest.sent)} commands, lost ${lost} ` +
      `(${idle} met nothing to trade with; it stood still itself for ${Math.round(honest.stallMs)} ms at ` +
      `most), and ${thousands(honest.pricesSent)} prices. ` +
      `Memory was ${mebibytes(start.privateBytes)} MiB at the beginning and ` +
      `${mebibytes(Math.max(...outcomes.map(({ memory }) => memory.peak)))} MiB at most, the heap ` +
      `${mebibytes(start.heapBytes)} MiB and at the end ${mebibytes(end.heapBytes)} MiB. ` +
      `Faults: ${faults.length}.`,
    '',
  ].join('\n');
}

function answersOf({ answers }: AttackOutcome): string {
  return Object.entries(answers)
    .filter(([, count]) => count > 0)
    .map(([answer, count]) => `${answer} ${thousands(count)}`)
    .join('; ');
}

function memoryOf({ memory: { before, peak, after } }: AttackOutcome): string {
  return [before, peak, after].map(mebibytes).join(' ↗ ').replace(' ↗ ', ' → ').replace('↗', '→');
}

function shown(latency: Latency | undefined): string {
  if (latency === undefined || latency.count === 0) return '–';
  return `${latency.p50.toFixed(1)} / ${latency.p99.toFixed(0)}`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)}`;
}

function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
