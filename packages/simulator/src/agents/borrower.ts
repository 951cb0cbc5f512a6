import { balanceAmount, debtOf, suppliedOf } from '@plimsoll/core/ledger';
import type { Action } from '@plimsoll/core/schema';
import type { Agent, AgentAccount, AgentView } from './agent.ts';

export interface BorrowerOptions {
  readonly name: string;
  readonly accounts?: readonly AgentAccount[];
  readonly activity?: number;
}

/**
 * Lends what it has, borrows what others lent, repays and redeems: the life of a lending market.
 */
export function borrower(options: BorrowerOptions): Agent {
  const { name, accounts = [], activity = 0.2 } = options;
  return {
    name,
    accounts,
    act: (view) =>
      view.accounts.flatMap((account) => {
        if (!view.random.chance(activity)) return [];
        const action = nextStep(view, account);
        return action === undefined ? [] : [view.sign(account, [action])];
      }),
  };
}

function nextStep(view: AgentView, account: number): Action | undefined {
  const { random, machine } = view;
  const { state } = machine;
  const asset = random.integer(1, state.machine.assetCount.get(0));
  const held = balanceAmount(state, account, asset);
  const lent = suppliedOf(state, account, asset);
  const owed = debtOf(state, account, asset);
  const dice = random.uniform();
  if (dice < 0.3 && held > 0n) return { kind: 'supply', asset, amount: partOf(view, held) };
  if (dice < 0.65) {
    const { supplyTotal, borrowTotal } = state.assets;
    const left = supplyTotal.get(asset) - borrowTotal.get(asset);
    return left < 2n ? undefined : { kind: 'borrow', asset, amount: partOf(view, left) };
  }
  if (dice < 0.85 && owed > 0n) {
    return { kind: 'repay', asset, amount: random.chance(0.4) ? 0n : partOf(view, owed) };
  }
  if (lent > 0n) {
    return { kind: 'redeem', asset, amount: random.chance(0.3) ? 0n : partOf(view, lent) };
  }
  return undefined;
}

/** Between a thousandth and all of an amount, at least 1. */
function partOf(view: AgentView, amount: bigint): bigint {
  const part = (amount * BigInt(view.random.integer(1, 1000))) / 1000n;
  return part < 1n ? 1n : part;
}
