import { bookFee, bookPenalty, least, settle } from '../ledger/index.ts';
import { amountDown, amountOf, mulDivUp } from '../math/index.ts';
import { measureMaintenance, RISK } from '../risk/index.ts';
import { closeOnBook } from '../venue/index.ts';
import { penalty } from './formulas/penalty.ts';
import type { Leg } from './leg.ts';
import type { Run } from './run.ts';

const PPM = 1_000_000n;

/** What a close on the book did. Money in settlement units. */
export interface BookFill {
  readonly lots: number;
  readonly quote: bigint;
  readonly steps: number;
  /** What insurance got, and the fee account. */
  readonly penalty: bigint;
  readonly fee: bigint;
}

/**
 * Closes lots of a leg on the book and charges φ as far as equity is left, insurance before fees.
 * The figures of the run are those of the account afterwards. Spec: liquidation 3.6.
 */
export function fillOnBook(
  run: Run,
  account: number,
  order: { readonly leg: Leg; readonly lots: number; readonly limit: number },
): BookFill {
  const { state, figures } = run;
  const { leg, limit } = order;
  const { instrument } = leg;
  const lots = -leg.side * order.lots;
  const closed = closeOnBook(state, { account, instrument, lots, limit });
  measureMaintenance(state, account, figures);
  if (closed.lots === 0) return { ...closed, penalty: 0n, fee: 0n };
  const { quote } = closed;
  const equityAfter = amountDown(figures[RISK.equity] as number);
  const charged = penalty({ feePpm: leg.feePpm, quote, equityAfter });
  if (charged === 0n) return { ...closed, penalty: 0n, fee: 0n };
  const insured = least(charged, mulDivUp(quote, amountOf(leg.insurancePpm), PPM));
  const fee = charged - insured;
  settle(state, account, -charged);
  bookPenalty(state, instrument, insured);
  if (fee > 0n) bookFee(state, instrument, fee);
  measureMaintenance(state, account, figures);
  return { ...closed, penalty: insured, fee };
}

/** Whether the figures of the run are at the target: MB ≥ (1 + b)·MM. */
export function isAtTarget(run: Run, bufferPpm: number, owed = 0): boolean {
  const buffer = bufferPpm / 1_000_000;
  const target = (1 + buffer) * (run.figures[RISK.maintenance] as number) + buffer * owed;
  return (run.figures[RISK.marginBalance] as number) >= target;
}

/** MB − MM of the figures of the run. */
export function healthOf(run: Run): number {
  return (run.figures[RISK.marginBalance] as number) - (run.figures[RISK.maintenance] as number);
}
