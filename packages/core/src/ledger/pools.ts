import { amountOf, mulDivDown } from '../math/index.ts';
import {
  type ActionOf,
  accepted,
  type Code,
  globalParameters,
  instrumentParameters,
  type ParameterSchema,
  rejections,
  SETTLEMENT_ASSET,
} from '../schema/index.ts';
import {
  type Caller,
  globalParameter,
  instrumentExists,
  instrumentParameter,
  refuse,
  type State,
  timeMs,
} from '../state/index.ts';
import { least, positive } from './amounts.ts';
import { take } from './balances.ts';
import { bucketStart, ringCell, ringSum, rollRing } from './dayRing.ts';

// Fee and dust accounts, the pool of each market (junior) and the shared fund (senior). All of it
// is the settlement asset, but for dust. Amounts are never negative. Spec: ledger 8.

const PPM = 1_000_000n;

/** Books a fee of a market: its bad debt is repaid first, the rest goes to the fee account. */
export function bookFee(state: State, instrument: number, amount: bigint): void {
  const rest = amount - repayBadDebt(state, instrument, amount);
  if (rest > 0n) state.assets.fees.add(SETTLEMENT_ASSET, rest);
}

/** Books a lending market's share of interest: its bad debt first, then fees. Spec: ledger 5.4. */
export function bookInterestFee(state: State, asset: number, amount: bigint): void {
  const { badDebt, fees } = state.assets;
  const paid = least(badDebt.get(asset), amount);
  if (paid > 0n) {
    badDebt.add(asset, -paid);
    state.events.push({ kind: 'badDebtRepaid', instrument: 0, asset, amount: paid });
  }
  if (amount > paid) fees.add(asset, amount - paid);
}

/** Books the remainder of a rounding. */
export function bookDust(state: State, asset: number, amount: bigint): void {
  if (amount > 0n) state.assets.dust.add(asset, amount);
}

/**
 * Books a liquidation penalty: bad debt first, then market pool and shared fund by their shares.
 */
export function bookPenalty(state: State, instrument: number, amount: bigint): void {
  const rest = amount - repayBadDebt(state, instrument, amount);
  const sharePpm = globalParameter(state, globalParameters.insuranceFeeToPoolPpm);
  const toPool = mulDivDown(rest, amountOf(sharePpm), PPM);
  if (toPool > 0n) state.instruments.pool.add(instrument, toPool);
  if (rest > toPool) state.machine.fund.add(0, rest - toPool);
}

/** Repays up to `amount` of a market's bad debt; what it took. */
function repayBadDebt(state: State, instrument: number, amount: bigint): bigint {
  const { badDebt } = state.instruments;
  const open = badDebt.get(instrument);
  if (open === 0n || amount <= 0n) return 0n;
  const paid = least(open, amount);
  badDebt.set(instrument, open - paid);
  state.events.push({ kind: 'badDebtRepaid', instrument, asset: SETTLEMENT_ASSET, amount: paid });
  return paid;
}

/**
 * Draws up to `wanted` from a market's pool, within what it holds and its rolling 24 h cap; what it
 * took. The caller says what it pays. Spec: ledger 8.3.
 */
export function drawPool(state: State, instrument: number, wanted: bigint): bigint {
  const { pool, poolPaid, paidHourMs } = state.instruments;
  rollInstrument(state, instrument);
  const cap = instrumentCap(state, instrument, instrumentParameters.poolDailyCap);
  const capLeft = positive(cap - ringSum(poolPaid, instrument));
  const paid = least(positive(wanted), least(pool.get(instrument), capLeft));
  if (paid === 0n) return 0n;
  pool.add(instrument, -paid);
  poolPaid.add(ringCell(instrument, paidHourMs.get(instrument)), paid);
  return paid;
}

/**
 * Draws up to `wanted` from the shared fund for a market (0: for a lending market), within what it
 * holds, its own rolling 24 h cap and the market's; what it took. Spec: ledger 8.3.
 */
export function drawFund(state: State, instrument: number, wanted: bigint): bigint {
  const { fund, fundPaid, fundHourMs } = state.machine;
  rollFund(state);
  const fundCap = amountOf(globalParameter(state, globalParameters.fundDailyCap));
  let capLeft = positive(fundCap - ringSum(fundPaid, 0));
  if (instrument !== 0) {
    rollInstrument(state, instrument);
    const cap = instrumentCap(state, instrument, instrumentParameters.insuranceDailyCap);
    const drawn = ringSum(state.instruments.fundPaid, instrument);
    capLeft = least(capLeft, positive(cap - drawn));
  }
  const paid = least(positive(wanted), least(fund.get(0), capLeft));
  if (paid === 0n) return 0n;
  fund.add(0, -paid);
  fundPaid.add(ringCell(0, fundHourMs.get(0)), paid);
  if (instrument !== 0) {
    const startMs = state.instruments.paidHourMs.get(instrument);
    state.instruments.fundPaid.add(ringCell(instrument, startMs), paid);
  }
  return paid;
}

function instrumentCap(state: State, instrument: number, parameter: ParameterSchema): bigint {
  return amountOf(instrumentParameter(state, instrument, parameter));
}

function rollInstrument(state: State, instrument: number): void {
  const { poolPaid, fundPaid, paidHourMs } = state.instruments;
  const span = {
    fromMs: paidHourMs.get(instrument),
    toMs: bucketStart(timeMs(state)),
    value: 0n,
  };
  if (span.fromMs === span.toMs) return;
  rollRing(poolPaid, instrument, span);
  rollRing(fundPaid, instrument, span);
  paidHourMs.set(instrument, span.toMs);
}

function rollFund(state: State): void {
  const { fundPaid, fundHourMs } = state.machine;
  const span = { fromMs: fundHourMs.get(0), toMs: bucketStart(timeMs(state)), value: 0n };
  if (span.fromMs === span.toMs) return;
  rollRing(fundPaid, 0, span);
  fundHourMs.set(0, span.toMs);
}

/**
 * Gives settlement asset of the account to a market's pool, or to the shared fund (instrument 0).
 */
export function fundPool(state: State, action: ActionOf<'fundPool'>, caller: Caller): Code {
  const { instrument, amount } = action;
  if (instrument !== 0 && !instrumentExists(state, instrument)) {
    return refuse(state, rejections.poolUnknown, { instrument });
  }
  const code = take(state, caller.account, SETTLEMENT_ASSET, amount);
  if (code !== accepted) return code;
  if (instrument === 0) state.machine.fund.add(0, amount);
  else state.instruments.pool.add(instrument, amount);
  state.events.push({ kind: 'poolFunded', instrument, account: caller.account, amount });
  return accepted;
}
