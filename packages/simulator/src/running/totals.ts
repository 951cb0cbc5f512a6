import type { CommandResult, Event, EventOf } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import {
  type CommandTotals,
  type LiquidationTotals,
  type LossTotals,
  PAYERS,
  type Payer,
  STAGES,
  type Stage,
} from '../result.ts';

interface StageCount {
  readonly accounts: Set<number>;
  stepCount: number;
  notional: bigint;
}

/** Adds up what the events of a run say: stages, payers, slippage, fills. */
export class Totals {
  readonly #stages: Readonly<Record<Stage, StageCount>>;
  readonly #liquidated = new Set<number>();
  readonly #counterparties = new Set<number>();
  readonly #paid: Record<Payer, bigint>;
  readonly #refused: Record<string, number> = {};
  #accepted = 0;
  #fills = 0;
  #penalties = 0n;
  #shortfall = 0n;
  #slippageSum = 0;
  #slippageNotional = 0;
  #slippageMaxBp = 0;

  constructor() {
    const stage = (): StageCount => ({ accounts: new Set(), stepCount: 0, notional: 0n });
    this.#stages = {
      cancel: stage(),
      closeOut: stage(),
      fundTrade: stage(),
      adl: stage(),
      socialize: stage(),
    };
    this.#paid = Object.fromEntries(PAYERS.map((payer) => [payer, 0n])) as Record<Payer, bigint>;
  }

  /** Counts commands by what became of their actions. */
  addResults(results: readonly CommandResult[]): void {
    for (const { code, actions } of results) {
      if (code !== 0) this.#refuse(code);
      for (const each of actions) {
        if (each === 0) this.#accepted += 1;
        else this.#refuse(each);
      }
    }
  }

  /**
   * Adds the events of a block; returns the notional that each stage closed in it, in settlement
   * units. `state` is as the block left it: the mark is frozen within a block.
   */
  addEvents(events: readonly Event[], state: State): Partial<Record<Stage, number>> {
    const closed: Partial<Record<Stage, number>> = {};
    const bankrupt = new Set<number>();
    let takerSide: 'buy' | 'sell' = 'sell';
    let isSocialized = false;
    for (const event of events) {
      switch (event.kind) {
        case 'filled':
          this.#fills += 1;
          if (event.isLiquidation) takerSide = event.takerSide;
          break;
        case 'orderCancelled':
          if (event.reason === 'liquidation') this.#step('cancel', event.account, 0n);
          break;
        case 'liquidationStarted':
          this.#liquidated.add(event.account);
          break;
        case 'closedOut':
          this.#step('closeOut', event.account, event.quote);
          closed.closeOut = (closed.closeOut ?? 0) + Number(event.quote);
          this.#penalties += event.penalty;
          this.#slip(event, takerSide, state);
          break;
        case 'collateralSold':
        case 'assetBought':
          this.#step('fundTrade', event.account, event.paid);
          closed.fundTrade = (closed.fundTrade ?? 0) + Number(event.paid);
          break;
        case 'deficitOpened':
          this.#shortfall += event.amount;
          bankrupt.add(event.account);
          break;
        case 'deleveraged':
          this.#step('adl', event.bankrupt, event.quote);
          closed.adl = (closed.adl ?? 0) + Number(event.quote);
          this.#counterparties.add(event.account);
          this.#paid.adl += event.charge;
          break;
        case 'lossSocialized':
          isSocialized = true;
          this.#stages.socialize.stepCount += 1;
          this.#paid[event.step] += event.amount;
          break;
        case 'poolDrawn':
          this.#paid[event.instrument === 0 ? 'sharedFund' : 'marketPool'] += event.amount;
          break;
        case 'badDebtRecorded':
          this.#paid.badDebt += event.amount;
          break;
        case 'badDebtRepaid':
          this.#paid.badDebt -= event.amount;
          break;
        default:
          break;
      }
    }
    // A socialized loss does not say whose it was: all that went bankrupt in the block.
    if (isSocialized) for (const one of bankrupt) this.#stages.socialize.accounts.add(one);
    return closed;
  }

  commands(): CommandTotals {
    return { accepted: this.#accepted, refused: { ...this.#refused }, fills: this.#fills };
  }

  liquidation(unresolvedCount: number): LiquidationTotals {
    const stages = Object.fromEntries(
      STAGES.map((stage) => {
        const { accounts, stepCount, notional } = this.#stages[stage];
        return [stage, { accountCount: accounts.size, stepCount, notional }];
      }),
    ) as LiquidationTotals['stages'];
    const mean = this.#slippageNotional === 0 ? 0 : this.#slippageSum / this.#slippageNotional;
    return {
      accountCount: this.#liquidated.size,
      unresolvedCount,
      stages,
      penalties: this.#penalties,
      slippageMeanBp: mean,
      slippageMaxBp: this.#slippageMaxBp,
    };
  }

  losses(): LossTotals {
    return {
      shortfall: this.#shortfall,
      paid: { ...this.#paid },
      adlCounterpartyCount: this.#counterparties.size,
    };
  }

  #refuse(code: number): void {
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  #step(stage: Stage, account: number, notional: bigint): void {
    const count = this.#stages[stage];
    count.accounts.add(account);
    count.stepCount += 1;
    count.notional += notional;
  }

  /** How much worse than the mark a close-out traded, in basis points. */
  #slip(event: EventOf<'closedOut'>, side: 'buy' | 'sell', state: State): void {
    const { markPrice, multiplier } = state.instruments;
    const mark = markPrice.get(event.instrument);
    const notional = Number(event.quote);
    const price = notional / (event.size * multiplier.get(event.instrument));
    const away = side === 'buy' ? price - mark : mark - price;
    const slippageBp = (away / mark) * 10_000;
    this.#slippageSum += slippageBp * notional;
    this.#slippageNotional += notional;
    this.#slippageMaxBp = Math.max(this.#slippageMaxBp, slippageBp);
  }
}
