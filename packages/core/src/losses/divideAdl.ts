import { toDouble } from '../math/index.ts';
import { maintenanceMargin, maintenanceTiers, measureMaintenance, RISK } from '../risk/index.ts';
import { LIQUIDATION_STAGE } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { sizeOf } from '../venue/index.ts';
import { deltaOf } from './delta.ts';
import { type AdlResult, adlCap, autoDeleverage } from './formulas/adl.ts';
import { equityDown, gainIn } from './gains.ts';
import { collectHolders } from './holders.ts';

// Who gives up what in an ADL, read from the present state and moving nothing: what the losses do,
// and what an account is told of its share beforehand. Spec: waterfall 4.

/** What an ADL of one side of a market closes. */
export interface AdlQuestion {
  readonly instrument: number;
  /** Lots of bankrupt accounts that are closed, at most those of the holders together. */
  readonly lots: number;
  /** What pools have not paid of their deficit, settlement units. */
  readonly deficit: bigint;
}

/** By holder, in the order asked. */
export interface AdlDivision {
  readonly gains: readonly bigint[];
  /** At mark, down. */
  readonly equities: readonly bigint[];
  /** 1: pass 1, 0: pass 2. */
  readonly goesFirst: readonly number[];
  readonly result: AdlResult;
}

/** Divides lots of bankrupt accounts over holders of the other side, ascending. */
export function divideAdl(
  state: State,
  question: AdlQuestion,
  holders: readonly number[],
): AdlDivision {
  const { instrument, lots: residualSize, deficit } = question;
  const sizes = holders.map((account) => Math.abs(sizeOf(state, account, instrument)));
  const gains = holders.map((account) => gainIn(state, account, instrument));
  const equities = holders.map((account) => equityDown(state, account));
  const goesFirst = holders.map((account, i) => {
    const [size = 0, gain = 0n, equity = 0n] = [sizes[i], gains[i], equities[i]];
    const cap = toDouble(adlCap({ size, gain, equity, residualSize, deficit }));
    const charge = (toDouble(deficit) * cap) / residualSize;
    return canGoFirst(state, account, { instrument, lots: cap, charge }) ? 1 : 0;
  });
  const result = autoDeleverage({ residualSize, deficit, sizes, gains, equities, goesFirst });
  return { gains, equities, goesFirst, result };
}

/**
 * Who an ADL would close in an instrument if the other side went bankrupt: all that hold this side
 * (1 long, −1 short) and are not bankrupt themselves, ascending. Reads every account.
 */
export function adlHolders(state: State, instrument: number, side: 1 | -1): number[] {
  const count = state.machine.accountCount.get(0);
  const excluded = new Uint8Array(count + 1);
  for (let account = 1; account <= count; account++) {
    const stage = state.accounts.liquidationStage.get(account);
    if (stage === LIQUIDATION_STAGE.losses) excluded[account] = 1;
  }
  const isFailing = Array.from({ length: instrument + 1 }, (_, i) => i === instrument);
  const holders = collectHolders(state, isFailing, excluded)[instrument] ?? [];
  return holders.filter((account) => side * sizeOf(state, account, instrument) > 0);
}

/**
 * Whether closing lots at a charge lets a holder's net delta in the underlying not grow and leaves
 * it at or above maintenance. Spec: waterfall 4.3.
 */
function canGoFirst(
  state: State,
  account: number,
  close: { readonly instrument: number; readonly lots: number; readonly charge: number },
): boolean {
  const { instrument, lots, charge } = close;
  const { markPrice, multiplier, maintenanceRate, underlying } = state.instruments;
  const v = multiplier.get(instrument);
  const size = sizeOf(state, account, instrument);
  const before = deltaOf(state, account, underlying.get(instrument));
  const after = before + (size > 0 ? -lots : lots) * v;
  if (Math.abs(after) > Math.abs(before)) return false;
  const figures = state.scratch;
  measureMaintenance(state, account, figures);
  const perLot = markPrice.get(instrument) * v;
  const tiers = maintenanceTiers(state, instrument);
  const rate = maintenanceRate.get(instrument);
  const required = (held: number): number => maintenanceMargin(tiers, held * perLot, rate);
  const released = required(Math.abs(size)) - required(Math.abs(size) - lots);
  const health = (figures[RISK.marginBalance] as number) - (figures[RISK.maintenance] as number);
  return health - charge + released >= 0;
}
