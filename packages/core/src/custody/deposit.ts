import { openAccount } from '../accounts/index.ts';
import { credit, least } from '../ledger/index.ts';
import { amountDown, amountOf } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  assetParameters,
  type Code,
  rejections,
  SETTLEMENT_ASSET,
} from '../schema/index.ts';
import {
  accountExists,
  addressEquals,
  assetExists,
  assetParameter,
  type Caller,
  refuse,
  type State,
} from '../state/index.ts';
import { changeCustody } from './bucket.ts';

/** How many chains there are: 0 to 15. */
export const CHAINS = 16;

/** The most that custody of one asset may hold, 2^60 − 1: sums of claims stay far inside a cell. */
export const CUSTODY_MAX = 1_152_921_504_606_846_975n;
/**
 * The most that custody of one asset may be worth when a deposit is taken, settlement units: 2^56.
 */
const WORTH_MAX = 72_057_594_037_927_936;

/**
 * Credits collateral that arrived in custody, once: it carries the next number of its chain.
 * Account 0 opens a new account for the owner. A refused deposit uses up no number. Spec: custody
 * 1.
 */
export function deposit(state: State, action: ActionOf<'deposit'>, _caller: Caller): Code {
  const { chain, sequence, owner, asset, amount } = action;
  if (!(chain < CHAINS)) return refuse(state, rejections.chainUnknown, { chain });
  const next = state.machine.depositSequences.get(chain) + 1;
  if (sequence !== next) return refuse(state, rejections.depositSequence, { next, sequence });
  if (!assetExists(state, asset)) return refuse(state, rejections.assetUnknown, { asset });
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  const custody = state.assets.custody.get(asset);
  const most = custodyMax(state, asset);
  if (amount > most - custody) {
    return refuse(state, rejections.balanceOverflow, { custody, amount, most });
  }
  const refusal = judgeTarget(state, action);
  if (refusal !== accepted) return refusal;
  const account = action.account === 0 ? openAccount(state, owner) : action.account;
  if (account === 0) return refuse(state, rejections.accountsFull);
  const code = credit(state, account, asset, amount);
  if (code !== accepted) return code;
  changeCustody(state, asset, amount);
  state.machine.depositSequences.set(chain, sequence);
  state.events.push({ kind: 'deposited', account, asset, amount, chain, sequence });
  return accepted;
}

/**
 * Units of an asset that custody may hold: CUSTODY_MAX, and what is worth WORTH_MAX at the higher
 * of index and slow price, so that a deficit in it stays inside a balance though its price rises
 * 128-fold.
 */
function custodyMax(state: State, asset: number): bigint {
  const price = state.assets.priceHigh.get(asset);
  return asset === SETTLEMENT_ASSET || price === 0
    ? CUSTODY_MAX
    : least(CUSTODY_MAX, amountDown(WORTH_MAX / price));
}

function judgeTarget(state: State, action: ActionOf<'deposit'>): Code {
  const { account, asset, owner, amount } = action;
  if (account === 0) {
    const least = amountOf(assetParameter(state, asset, assetParameters.depositMin));
    return amount < least ? refuse(state, rejections.depositMinimum, { least, amount }) : accepted;
  }
  if (!accountExists(state, account)) return refuse(state, rejections.accountUnknown, { account });
  return addressEquals(state.accounts.owner, account, owner)
    ? accepted
    : refuse(state, rejections.ownerMismatch, { account });
}
