import { freeMargin } from '@plimsoll/core/risk';
import type { Action } from '@plimsoll/core/schema';
import type { Agent, AgentAccount, AgentView } from './agent.ts';
import { closing, immediate, lotsFor, openInstruments, order, priceAt, sizeOf } from './market.ts';

export interface TrendTraderOptions {
  readonly name: string;
  readonly accounts?: readonly AgentAccount[];
  /** Share of the free margin that an entry uses, 0 to 1. */
  readonly appetite?: number;
  /** How often it acts: probability per account and block. */
  readonly activity?: number;
}

/** Buys what rises and sells what falls, with most of its margin; gets out when the trend turns. */
export function trendTrader(options: TrendTraderOptions): Agent {
  const { name, accounts = [], appetite = 0.5, activity = 0.2 } = options;
  const averages = new Map<number, number>();
  return {
    name,
    accounts,
    act: (view) => {
      const trends = followTrends(view, averages);
      return view.accounts.flatMap((account) => {
        if (!view.random.chance(activity)) return [];
        const actions = tradeTrend(view, { account, trends, appetite });
        return actions.length === 0 ? [] : [view.sign(account, actions)];
      });
    },
  };
}

/** Relative distance of each mark from its average over about twenty blocks. */
function followTrends(view: AgentView, averages: Map<number, number>): Map<number, number> {
  const { state } = view.machine;
  const trends = new Map<number, number>();
  for (const instrument of openInstruments(state)) {
    const mark = state.instruments.markPrice.get(instrument);
    const before = averages.get(instrument) ?? mark;
    trends.set(instrument, mark / before - 1);
    averages.set(instrument, before + (mark - before) / 20);
  }
  return trends;
}

function tradeTrend(
  view: AgentView,
  trader: { account: number; trends: Map<number, number>; appetite: number },
): Action[] {
  const { machine, random } = view;
  const { account, trends, appetite } = trader;
  const instruments = [...trends.keys()];
  if (instruments.length === 0) return [];
  const instrument = random.pick(instruments);
  const trend = trends.get(instrument) ?? 0;
  const size = sizeOf(machine.state, account, instrument);
  if (size !== 0 && size > 0 !== trend > 0 && random.chance(0.5)) {
    return closing(machine.state, account, instrument);
  }
  const margin = Math.max(0, freeMargin(machine.state, account)) * appetite * random.uniform();
  const lots = lotsFor(machine.state, instrument, margin);
  if (lots < 1) return [];
  const isBuy = trend === 0 ? random.chance(0.5) : trend > 0;
  const side = isBuy ? 'buy' : 'sell';
  if (random.chance(0.4)) return [immediate({ instrument, side, size: lots, price: 0 })];
  const away = random.between(-0.004, 0.004);
  const price = priceAt(machine.state, instrument, isBuy ? away : -away);
  return [order({ instrument, side, size: lots, price })];
}
