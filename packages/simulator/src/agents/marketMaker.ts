import { freeMargin } from '@plimsoll/core/risk';
import type { Action } from '@plimsoll/core/schema';
import type { Agent, AgentAccount, AgentView } from './agent.ts';
import { lotsFor, openInstruments, order, priceAt, sizeOf } from './market.ts';

export interface MarketMakerOptions {
  readonly name: string;
  readonly accounts?: readonly AgentAccount[];
  /** Levels on each side. */
  readonly levels?: number;
  /** Half of the spread at the best level, a fraction of the mark. */
  readonly halfSpread?: number;
  /** Probability of new quotes per account and block. */
  readonly activity?: number;
}

/** Quotes both sides around the mark and leans against what it holds; cancels come first. */
export function marketMaker(options: MarketMakerOptions): Agent {
  const { name, accounts = [], levels = 3, halfSpread = 0.001, activity = 0.5 } = options;
  return {
    name,
    accounts,
    act: (view) =>
      view.accounts.flatMap((account) => {
        const instruments = openInstruments(view.machine.state);
        if (instruments.length === 0 || !view.random.chance(activity)) return [];
        const instrument = view.random.pick(instruments);
        const cancels: Action[] = [{ kind: 'cancelAll', instrument }];
        const quotes = quote(view, { account, instrument, levels, halfSpread });
        return quotes.length === 0
          ? [view.sign(account, cancels)]
          : [view.sign(account, cancels), view.sign(account, quotes)];
      }),
  };
}

function quote(
  view: AgentView,
  maker: { account: number; instrument: number; levels: number; halfSpread: number },
): Action[] {
  const { state } = view.machine;
  const { account, instrument, levels, halfSpread } = maker;
  const margin = Math.max(0, freeMargin(state, account)) / (4 * levels);
  const lots = lotsFor(state, instrument, margin);
  const held = sizeOf(state, account, instrument);
  if (lots < 1) return [];
  const lean = -Math.max(-2, Math.min(2, held / (lots * levels))) * halfSpread * 0.5;
  const actions: Action[] = [];
  for (let level = 0; level < levels; level++) {
    const away = halfSpread * (1 + level * 1.5);
    const size = Math.max(1, Math.floor(lots * view.random.between(0.5, 1)));
    const bid = priceAt(state, instrument, lean - away);
    const ask = priceAt(state, instrument, lean + away);
    actions.push(order({ instrument, side: 'buy', size, price: bid, isPostOnly: true }));
    if (ask > bid) {
      actions.push(order({ instrument, side: 'sell', size, price: ask, isPostOnly: true }));
    }
  }
  return actions;
}
