import type { Latency } from './honestMessages.ts';

/** Latencies by phase. */
export class Latencies {
  readonly #phases = new Map<string, number[]>();

  add(phase: string, latencyMs: number): void {
    const known = this.#phases.get(phase);
    if (known === undefined) this.#phases.set(phase, [latencyMs]);
    else known.push(latencyMs);
  }

  get summary(): Readonly<Record<string, Latency>> {
    return Object.fromEntries([...this.#phases].map(([phase, each]) => [phase, summaryOf(each)]));
  }
}

/** Quantiles by the nearest rank. */
export function summaryOf(latenciesMs: readonly number[]): Latency {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
