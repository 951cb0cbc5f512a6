import { type ActionOf, accepted, type Code, rejections } from '../schema/index.ts';
import { accountExists, assetExists, type Caller, refuse, type State } from '../state/index.ts';
import { credit, take } from './balances.ts';

/**
 * Moves an asset to another account. The withdrawal test of the source is the gate's: every
 * transfer out passes it, own accounts included. Spec: ledger 7.4.
 */
export function transfer(state: State, action: ActionOf<'transfer'>, caller: Caller): Code {
  const { to, asset, amount } = action;
  const { account } = caller;
  if (!accountExists(state, to)) return refuse(state, rejections.accountUnknown, { account: to });
  if (to === account) return refuse(state, rejections.transferToSelf, { account });
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  const taken = take(state, account, asset, amount);
  if (taken !== accepted) return taken;
  const credited = credit(state, to, asset, amount);
  if (credited !== accepted) return credited;
  state.events.push({ kind: 'transferred', account, to, asset, amount });
  return accepted;
}
