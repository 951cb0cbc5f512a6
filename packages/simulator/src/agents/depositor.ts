import { balanceAmount } from '@plimsoll/core/ledger';
import { maximumWithdrawal } from '@plimsoll/core/risk';
import type { Action, Address } from '@plimsoll/core/schema';
import type { Agent, AgentAccount, AgentView } from './agent.ts';

export interface DepositorOptions {
  readonly name: string;
  readonly accounts?: readonly AgentAccount[];
  readonly activity?: number;
  /** Where withdrawals go. */
  readonly destination?: Address;
}

const NOWHERE: Address = `0x${'d0'.repeat(20)}`;

/** Takes money out again, sometimes more than it may; moves it between accounts; funds pools. */
export function depositor(options: DepositorOptions): Agent {
  const { name, accounts = [], activity = 0.1, destination = NOWHERE } = options;
  return {
    name,
    accounts,
    act: (view) =>
      view.accounts.flatMap((account) => {
        if (!view.random.chance(activity)) return [];
        const action = nextMove(view, account, destination);
        return action === undefined ? [] : [view.sign(account, [action])];
      }),
  };
}

function nextMove(view: AgentView, account: number, destination: Address): Action | undefined {
  const { random, machine } = view;
  const { state } = machine;
  const asset = random.integer(1, state.machine.assetCount.get(0));
  const held = balanceAmount(state, account, asset);
  if (held === 0n) return undefined;
  const amount = amountOut(view, { account, asset, held });
  const dice = random.uniform();
  if (dice < 0.5) return { kind: 'withdraw', asset, amount, chain: 0, destination };
  if (dice < 0.85) {
    const to = random.integer(1, state.machine.accountCount.get(0));
    return to === account ? undefined : { kind: 'transfer', to, asset, amount };
  }
  const instrument = random.integer(0, state.machine.instrumentCount.get(0));
  return asset === 1 ? { kind: 'fundPool', instrument, amount } : undefined;
}

/** A small part, the most that may leave, or one unit more than that. */
function amountOut(
  view: AgentView,
  from: { account: number; asset: number; held: bigint },
): bigint {
  const { account, asset, held } = from;
  const dice = view.random.uniform();
  const small = (held * BigInt(view.random.integer(1, 100))) / 1000n;
  if (dice < 0.6) return small < 1n ? 1n : small;
  const most = maximumWithdrawal(view.machine.state, account, asset);
  if (dice < 0.8) return most < 1n ? 1n : most;
  return most < held ? most + 1n : held;
}
