import type { AnswerOf, ReplicaRoute } from '@plimsoll/api/routes';
import type { Question } from '../parts.ts';
import * as accounts from './accountViews.ts';
import { unknown } from './ask.ts';
import * as chain from './chainViews.ts';
import type { ReadContext } from './context.ts';
import * as history from './historyViews.ts';
import * as limits from './limitViews.ts';
import * as losses from './lossViews.ts';
import * as markets from './marketViews.ts';
import * as previews from './previewViews.ts';
import * as prices from './priceViews.ts';
import * as rules from './ruleViews.ts';

/** Reads the answer to one route. */
export type View<R extends ReplicaRoute> = (
  context: ReadContext,
  question: Question,
) => AnswerOf<R>;

/** One view per route of the replica; a route more in the table does not compile without one. */
export const views: { readonly [R in ReplicaRoute]: View<R> } = {
  network: chain.network,
  status: chain.status,
  events: history.events,
  blocks: chain.blocks,
  block: chain.block,
  command: chain.command,
  accountProof: chain.accountProof,
  liabilityProof: chain.liabilityProof,
  liabilityRoot: chain.liabilityRoot,
  assets: markets.assets,
  asset: markets.asset,
  underlyings: prices.underlyings,
  underlying: prices.underlying,
  markets: markets.markets,
  market: markets.market,
  book: markets.book,
  trades: history.trades,
  candles: history.candles,
  fundingRates: history.fundingRates,
  accountsOfOwner: accounts.accountsOfOwner,
  account: accounts.account,
  balances: accounts.balances,
  positions: accounts.positions,
  orders: accounts.orders,
  margin: accounts.margin,
  withdrawals: accounts.withdrawals,
  accountHistory: history.accountHistory,
  accountFills: history.accountFills,
  accountFunding: history.accountFunding,
  adlShare: limits.adlShare,
  maximumOrder: limits.maximumOrder,
  maximumWithdrawal: limits.maximumWithdrawal,
  previewCommand: previews.previewCommand,
  previewPortfolio: previews.previewPortfolio,
  liquidations: losses.liquidations,
  liquidationHistory: history.liquidationHistory,
  pools: losses.pools,
  parameters: rules.parameters,
  pendingChanges: rules.pendingChanges,
};

/**
 * The body of the answer to a question: plain data for JSON, height and time first. It only reads;
 * what it tries out it undoes.
 *
 * @throws ProblemError `unknown` or `malformed`.
 */
export function answerQuestion(context: ReadContext, question: Question): unknown {
  const { height, timeMs } = context;
  const view = Object.hasOwn(views, question.route)
    ? views[question.route as ReplicaRoute]
    : undefined;
  if (view === undefined) return unknown(`the replica has no route called ${question.route}`);
  return { height, timeMs, ...(view as View<'status'>)(context, question) };
}
