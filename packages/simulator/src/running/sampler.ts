import { toDouble } from '@plimsoll/api/units';
import { measureMaintenance, RISK, RISK_LENGTH } from '@plimsoll/core/risk';
import { LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Directory } from '../opening/index.ts';
import type { ResultSeries, Stage } from '../result.ts';
import type { Scenario } from '../scenarios/index.ts';
import { HEALTH_EDGES, healthBand, SeriesRecorder } from '../series.ts';

/** How often the health of all accounts is counted over a run, at least. */
const HEALTH_COUNTS = 300;

/** What one block adds beside the state it left. */
export interface BlockFacts {
  readonly timeMs: number;
  /** In settlement units. */
  readonly closed: Readonly<Partial<Record<Stage, number>>>;
  readonly blockMs: number;
}

/** Reads from the state what the plots show. */
export class Sampler {
  readonly #state: State;
  readonly #recorder: SeriesRecorder;
  readonly #instruments: readonly { readonly id: number; readonly unit: number }[];
  readonly #pools: readonly number[];
  readonly #out: Float64Array = new Float64Array(RISK_LENGTH);
  readonly #everyBlocks: number;
  readonly #whole: number;
  #health: number[] = [];
  #count = 0;

  constructor(scenario: Scenario, directory: Directory, state: State) {
    this.#state = state;
    this.#instruments = scenario.instruments.map((one) => ({
      id: directory.instrument(one.name) as number,
      unit: toDouble(one.priceUnit),
    }));
    this.#pools = [0, ...this.#instruments.map((one) => one.id)];
    this.#recorder = new SeriesRecorder({
      instruments: scenario.instruments.map((one) => one.name),
      pools: ['shared', ...scenario.instruments.map((one) => one.name)],
    });
    this.#everyBlocks = Math.max(1, Math.floor(scenario.blockCount / HEALTH_COUNTS));
    this.#whole = Number(10n ** BigInt(scenario.settlement.decimals));
  }

  /** Takes a sample of the state that a block left. */
  sample(facts: BlockFacts): void {
    const { instruments, machine } = this.#state;
    if (this.#count % this.#everyBlocks === 0) this.#health = this.#countHealth();
    this.#count += 1;
    const liquidated: Partial<Record<Stage, number>> = {};
    for (const [stage, units] of Object.entries(facts.closed)) {
      liquidated[stage as Stage] = units / this.#whole;
    }
    this.#recorder.record({
      timeMs: facts.timeMs,
      prices: this.#instruments.map(({ id, unit }) => this.#prices(id, unit)),
      health: this.#health,
      liquidated,
      pools: this.#pools.map((id) => {
        const units = id === 0 ? machine.fund.get(0) : instruments.pool.get(id);
        return Number(units) / this.#whole;
      }),
      blockMs: facts.blockMs,
    });
  }

  series(): ResultSeries {
    return this.#recorder.series();
  }

  /** Accounts that are under liquidation or below maintenance. */
  unresolvedCount(): number {
    const { accounts, machine } = this.#state;
    let count = 0;
    for (let account = 1; account <= machine.accountCount.get(0); account++) {
      const isUnder = accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none;
      if (isUnder || this.#isShort(account)) count += 1;
    }
    return count;
  }

  #prices(instrument: number, unit: number): { index: number | null; mark: number | null } {
    const { instruments, underlyings } = this.#state;
    const index = underlyings.index.get(instruments.underlying.get(instrument));
    const mark = instruments.markPrice.get(instrument);
    return { index: index > 0 ? index * unit : null, mark: mark > 0 ? mark * unit : null };
  }

  #countHealth(): number[] {
    const counts = new Array<number>(HEALTH_EDGES.length + 1).fill(0);
    const { accounts, machine } = this.#state;
    for (let account = 1; account <= machine.accountCount.get(0); account++) {
      if (accounts.positionCount.get(account) === 0) continue;
      measureMaintenance(this.#state, account, this.#out);
      const maintenance = this.#out[RISK.maintenance] as number;
      if (maintenance <= 0) continue;
      const band = healthBand((this.#out[RISK.marginBalance] as number) / maintenance);
      counts[band] = (counts[band] as number) + 1;
    }
    return counts;
  }

  #isShort(account: number): boolean {
    measureMaintenance(this.#state, account, this.#out);
    const marginBalance = this.#out[RISK.marginBalance] as number;
    return marginBalance < (this.#out[RISK.maintenance] as number);
  }
}
