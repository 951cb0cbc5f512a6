import { balanceAmount } from '@plimsoll/core/ledger';
import type { Agent, AgentAccount, AgentView } from './agent.ts';
import { immediate, lotNotional, openInstruments, sizeOf } from './market.ts';

export interface HedgerOptions {
  readonly name: string;
  readonly accounts?: readonly AgentAccount[];
  /** Part of its collateral that it sells forward, 0 to 1. */
  readonly ratio?: number;
  readonly activity?: number;
}

/**
 * Holds assets and is short of their underlyings by as much, so that their price is not its risk.
 */
export function hedger(options: HedgerOptions): Agent {
  const { name, accounts = [], ratio = 0.8, activity = 0.1 } = options;
  return {
    name,
    accounts,
    act: (view) =>
      view.accounts.flatMap((account) => {
        const instruments = openInstruments(view.machine.state);
        if (instruments.length === 0 || !view.random.chance(activity)) return [];
        const instrument = view.random.pick(instruments);
        const wanted = -Math.floor(
          (ratio * valueHeld(view, account, instrument)) /
            Math.max(1, lotNotional(view.machine.state, instrument)),
        );
        const lots = wanted - sizeOf(view.machine.state, account, instrument);
        if (Math.abs(lots) <= Math.abs(wanted) * 0.05) return [];
        const side = lots > 0 ? 'buy' : 'sell';
        const wish = { instrument, side, size: Math.abs(lots), price: 0 } as const;
        return [view.sign(account, [immediate(wish)])];
      }),
  };
}

/** What an account holds of the instrument's underlying, settlement units at index. */
function valueHeld(view: AgentView, account: number, instrument: number): number {
  const { assets, instruments, machine } = view.machine.state;
  const underlying = instruments.underlying.get(instrument);
  let value = 0;
  for (let asset = 2; asset <= machine.assetCount.get(0); asset++) {
    if (assets.underlying.get(asset) !== underlying) continue;
    const amount = Number(balanceAmount(view.machine.state, account, asset));
    value += amount * assets.priceIndex.get(asset);
  }
  return value;
}
