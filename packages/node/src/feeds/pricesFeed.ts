import { INDEX_STATUS, MARKET_STATE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { FeedMessage } from '../parts.ts';
import { marketUnits } from '../units/index.ts';
import type { Topics } from './topics.ts';

const NANO = 1_000_000_000;
const FIGURES = 7;
const STATUS_NAMES = namesOf(INDEX_STATUS);
const STATE_NAMES = namesOf(MARKET_STATE);

/**
 * Prices of markets. A block moves an index without naming the markets that follow it, so all are
 * compared with what was said last: seven numbers an instrument. Spec: stream 4.3.
 */
export class PricesFeed {
  readonly #topics: Topics;
  readonly #state: State;
  readonly #said: Float64Array;
  readonly #now = new Float64Array(FIGURES);

  constructor(topics: Topics, state: State) {
    this.#topics = topics;
    this.#state = state;
    this.#said = new Float64Array(state.limits.instrumentsMax * FIGURES).fill(Number.NaN);
    this.updates();
  }

  updates(): FeedMessage[] {
    const messages: FeedMessage[] = [];
    const count = this.#state.machine.instrumentCount.get(0);
    for (let instrument = 1; instrument <= count; instrument++) {
      if (!this.#hasMoved(instrument)) continue;
      const { name } = marketUnits(this.#state, instrument);
      messages.push(this.#topics.update('prices', name, this.#body(instrument)));
    }
    return messages;
  }

  snapshot(instrument: number): FeedMessage {
    const { name } = marketUnits(this.#state, instrument);
    return this.#topics.snapshot('prices', name, this.#body(instrument));
  }

  #hasMoved(instrument: number): boolean {
    const { instruments, underlyings } = this.#state;
    const now = this.#now;
    const underlying = instruments.underlying.get(instrument);
    now[0] = underlyings.index.get(underlying);
    now[1] = underlyings.confidence.get(underlying);
    now[2] = underlyings.status.get(underlying);
    now[3] = instruments.markPrice.get(instrument);
    now[4] = instruments.fundingRateNano.get(instrument);
    now[5] = instruments.openInterest.get(instrument);
    now[6] = instruments.state.get(instrument);
    let hasMoved = false;
    const at = instrument * FIGURES;
    for (let k = 0; k < FIGURES; k++) {
      if (this.#said[at + k] === now[k]) continue;
      this.#said[at + k] = now[k] as number;
      hasMoved = true;
    }
    return hasMoved;
  }

  #body(instrument: number): string {
    const { instruments, underlyings } = this.#state;
    const units = marketUnits(this.#state, instrument);
    const underlying = instruments.underlying.get(instrument);
    const index = underlyings.index.get(underlying);
    const mark = instruments.markPrice.get(instrument);
    const body = {
      indexPrice: index === 0 ? null : units.price(index),
      confidence: index === 0 ? null : units.price(underlyings.confidence.get(underlying)),
      indexStatus: STATUS_NAMES[underlyings.status.get(underlying)],
      markPrice: mark === 0 ? null : units.price(mark),
      fundingRatePerHour: instruments.fundingRateNano.get(instrument) / NANO,
      openInterest: units.size(instruments.openInterest.get(instrument)),
      state: STATE_NAMES[instruments.state.get(instrument)],
    };
    return JSON.stringify(body).slice(1, -1);
  }
}

function namesOf(values: { readonly [name: string]: number }): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(values)) names[value] = name;
  return names;
}
