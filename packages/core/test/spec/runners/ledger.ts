import {
  type AssetSums,
  absorbLoss,
  amountForShares,
  borrowing,
  borrowRatePpm,
  claimOf,
  claimPayment,
  conservationGap,
  type RateCurve,
  repayment,
  sharesForDeposit,
  split,
  splitCapped,
  splitIncome,
  supplyWithdrawal,
  utilizationPpm,
} from '../../../src/ledger/index.ts';
import { accrueInterest } from '../../../src/ledger/interest.ts';
import { debtOf } from '../../../src/ledger/loanShares.ts';
import type { FigureRunner } from '../figure.ts';

type Amounts<Names extends string> = Record<Names, string>;

/** The amounts of an input, which stand as decimal strings. */
function amounts<Names extends string>(input: Amounts<Names>): Record<Names, bigint> {
  const entries = Object.entries<string>(input).map(([name, text]) => [name, BigInt(text)]);
  return Object.fromEntries(entries) as Record<Names, bigint>;
}

export const ledgerRunners: Readonly<Record<string, FigureRunner>> = {
  conservationGap: (input: Amounts<keyof AssetSums>) => conservationGap(amounts(input)),
  split: (input: { total: string; weights: string[] }) =>
    split(BigInt(input.total), input.weights.map(BigInt)),
  splitCapped: (input: { total: string; weights: string[]; caps: string[] }) =>
    splitCapped(BigInt(input.total), input.weights.map(BigInt), input.caps.map(BigInt)),
  borrowRate: (input: { borrowed: string; supplied: string; curve: RateCurve }) => {
    const utilization = utilizationPpm(BigInt(input.borrowed), BigInt(input.supplied));
    return { utilizationPpm: utilization, ratePpm: borrowRatePpm(input.curve, utilization) };
  },
  accrueInterest: (input: {
    borrowed: string;
    ratePpm: number;
    dtMs: number;
    prepaid: string;
    reservePpm: number;
  }) =>
    accrueInterest({ ...input, ...amounts({ borrowed: input.borrowed, prepaid: input.prepaid }) }),
  debt: (input: Amounts<'shares' | 'borrowed' | 'borrowedShares' | 'offered' | 'more'>) => {
    const { shares, borrowed, borrowedShares, offered, more } = amounts(input);
    return {
      debt: debtOf(shares, borrowed, borrowedShares),
      borrowing: borrowing(more, borrowed, borrowedShares),
      repayment: repayment({ amount: offered, shares, borrowed, borrowedShares }),
    };
  },
  claim: (input: Amounts<'shares' | 'supplied' | 'suppliedShares' | 'wanted'>) => {
    const { shares, supplied, suppliedShares, wanted } = amounts(input);
    return {
      claim: claimOf(shares, supplied, suppliedShares),
      redeemed: supplyWithdrawal({ amount: wanted, shares, supplied, suppliedShares }),
    };
  },
  sharesForDeposit: (input: Amounts<'amount' | 'poolAmount' | 'poolShares'>) => {
    const { amount, poolAmount, poolShares } = amounts(input);
    return sharesForDeposit(amount, poolAmount, poolShares);
  },
  splitIncome: (input: Amounts<'income' | 'juniorAmount' | 'seniorAmount' | 'juniorWeightPpm'>) =>
    splitIncome(amounts(input)),
  absorbLoss: (
    input: Amounts<'loss' | 'juniorAmount' | 'juniorCapLeft' | 'seniorAmount' | 'seniorCapLeft'>,
  ) => {
    const { loss, juniorAmount, juniorCapLeft, seniorAmount, seniorCapLeft } = amounts(input);
    return absorbLoss(
      loss,
      { amount: juniorAmount, capLeft: juniorCapLeft },
      { amount: seniorAmount, capLeft: seniorCapLeft },
    );
  },
  claimPayment: (input: Amounts<'shares' | 'valueAtRequest' | 'poolAmount' | 'poolShares'>) => {
    const { shares, valueAtRequest, poolAmount, poolShares } = amounts(input);
    return claimPayment(valueAtRequest, amountForShares(shares, poolAmount, poolShares));
  },
};
