import { approveAgent, revokeAgent, setOwnRate } from '../accounts/index.ts';
import { deposit, settleWithdrawal, withdraw } from '../custody/index.ts';
import {
  cancelProposal,
  disputeIndex,
  haltMarket,
  limitOutflow,
  listAsset,
  listInstrument,
  listUnderlying,
  resumeMachine,
  setMarketState,
  setParameter,
  setPublisher,
} from '../governance/index.ts';
import { borrow, fundPool, redeem, repay, supply, transfer } from '../ledger/index.ts';
import type { Action, ActionOf, Code, CommandKind } from '../schema/index.ts';
import type { Caller, State } from '../state/index.ts';
import { cancelAll, cancelOrder, placeOrder } from '../venue/index.ts';

/**
 * What an action must leave behind. 'margin': the gate. 'withdrawal': the gate and the withdrawal
 * test, because money leaves the account.
 */
export type Test = 'margin' | 'withdrawal';

export interface CommandEntry<A> {
  readonly handle: (state: State, action: A, caller: Caller) => Code;
  readonly test: Test;
  /** Whether an account in liquidation, and a machine in close-only mode, still takes it. */
  readonly isAlwaysOpen: boolean;
}

/** The one table of handlers: a kind without a handler does not compile. Spec: machine 2. */
export const commands: { readonly [K in CommandKind]: CommandEntry<ActionOf<K>> } = {
  deposit: { handle: deposit, test: 'margin', isAlwaysOpen: true },
  withdraw: { handle: withdraw, test: 'withdrawal', isAlwaysOpen: false },
  settleWithdrawal: { handle: settleWithdrawal, test: 'margin', isAlwaysOpen: true },
  transfer: { handle: transfer, test: 'withdrawal', isAlwaysOpen: false },
  supply: { handle: supply, test: 'margin', isAlwaysOpen: false },
  redeem: { handle: redeem, test: 'margin', isAlwaysOpen: true },
  borrow: { handle: borrow, test: 'margin', isAlwaysOpen: false },
  repay: { handle: repay, test: 'margin', isAlwaysOpen: true },
  approveAgent: { handle: approveAgent, test: 'margin', isAlwaysOpen: false },
  revokeAgent: { handle: revokeAgent, test: 'margin', isAlwaysOpen: true },
  setOwnRate: { handle: setOwnRate, test: 'margin', isAlwaysOpen: false },
  placeOrder: { handle: placeOrder, test: 'margin', isAlwaysOpen: false },
  cancelOrder: { handle: cancelOrder, test: 'margin', isAlwaysOpen: true },
  cancelAll: { handle: cancelAll, test: 'margin', isAlwaysOpen: true },
  fundPool: { handle: fundPool, test: 'withdrawal', isAlwaysOpen: false },
  listAsset: { handle: listAsset, test: 'margin', isAlwaysOpen: true },
  listUnderlying: { handle: listUnderlying, test: 'margin', isAlwaysOpen: true },
  listInstrument: { handle: listInstrument, test: 'margin', isAlwaysOpen: true },
  setPublisher: { handle: setPublisher, test: 'margin', isAlwaysOpen: true },
  setParameter: { handle: setParameter, test: 'margin', isAlwaysOpen: true },
  cancelProposal: { handle: cancelProposal, test: 'margin', isAlwaysOpen: true },
  setMarketState: { handle: setMarketState, test: 'margin', isAlwaysOpen: true },
  haltMarket: { handle: haltMarket, test: 'margin', isAlwaysOpen: true },
  limitOutflow: { handle: limitOutflow, test: 'margin', isAlwaysOpen: true },
  disputeIndex: { handle: disputeIndex, test: 'margin', isAlwaysOpen: true },
  resumeMachine: { handle: resumeMachine, test: 'margin', isAlwaysOpen: true },
};

/** The entry of an action's kind. The table pairs each kind with its own handler. */
export function entryOf(action: Action): CommandEntry<Action> {
  return commands[action.kind] as CommandEntry<Action>;
}
