import {
  type Action,
  MARKET_STATE,
  type OpenedCommand,
  type RejectionName,
  rejections,
} from '@plimsoll/core/schema';
import type { CheckContext, Checker } from './checker.ts';

const ORDER_FORM = [
  'instrumentUnknown',
  'flagsConflict',
  'orderSize',
  'orderPrice',
  'orderBand',
  'clientIdUsed',
  'nothingToReduce',
  'wouldCross',
  'selfTrade',
  'noLiquidity',
  'ordersFull',
  // At a price that costs more margin than the close releases: the price is refused, not the close.
  'initialMargin',
  'riskIncreased',
  'inLiquidation',
] as const;

/** Why what only takes risk away may be refused: because it is not what it claims to be. */
const LAWFUL: { readonly [kind: string]: readonly RejectionName[] } = {
  cancelOrder: ['orderUnknown'],
  cancelAll: ['instrumentUnknown'],
  repay: ['assetUnknown', 'debtNone', 'balanceInsufficient'],
  revokeAgent: ['agentUnknown'],
  deposit: [
    'chainUnknown',
    'depositSequence',
    'assetUnknown',
    'amountInvalid',
    'balanceOverflow',
    'balancesFull',
    'depositMinimum',
    'accountUnknown',
    'ownerMismatch',
    'accountsFull',
  ],
  placeOrder: ORDER_FORM,
};

/** I10: no mode refuses what reduces risk: cancels, repayments, top-ups, reduce-only orders. */
export const reductionsChecker: Checker = {
  name: 'reductions',
  invariant: 'I10',
  check: (context) => {
    const sentences: string[] = [];
    context.outcome.results.forEach((result, k) => {
      if (result.code !== 0) return;
      const command = context.block.commands[k] as OpenedCommand;
      result.actions.forEach((code, n) => {
        const action = command.actions[n];
        if (code === 0 || action === undefined || isLawful(context, action, code)) return;
        sentences.push(`account ${command.account}: ${action.kind} was refused with ${code}`);
      });
    });
    return sentences;
  },
};

function isLawful({ state }: CheckContext, action: Action, code: number): boolean {
  if (action.kind === 'placeOrder' && !action.isReduceOnly) return true;
  const names = LAWFUL[action.kind];
  if (names === undefined || names.some((name) => rejections[name].code === code)) return true;
  if (action.kind !== 'placeOrder') return false;
  // Before a market opens, or has a mark, there is nothing to reduce.
  const { instrument } = action;
  const isProposed = state.instruments.state.get(instrument) === MARKET_STATE.proposed;
  if (isProposed) return code === rejections.marketNotOpen.code;
  const isPriced = state.instruments.markPrice.get(instrument) > 0;
  return !isPriced && code === rejections.priceNotOk.code;
}
