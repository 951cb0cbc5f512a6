import {
  DAY_RING,
  type Event,
  globalParameters,
  instrumentParameters,
} from '@plimsoll/core/schema';
import { globalParameter, instrumentParameter, type State } from '@plimsoll/core/state';
import type { Checker } from '../checker.ts';

/** In this order an instrument's losses fall. */
const STEPS = ['deficit', 'pool', 'fund', 'adl', 'gains', 'principal', 'badDebt'] as const;
type Step = (typeof STEPS)[number];

/**
 * I6: what is paid for an instrument sums to its deficits to the unit; each payer comes in its
 * place, and the next only when the one before is empty or at its cap; positions close at the mark.
 */
export const lossOrderChecker: Checker = {
  name: 'lossOrder',
  invariant: 'I6',
  check: ({ state, events }) => {
    const sentences: string[] = [];
    const isFundMoved = events.some(
      ({ kind }) => kind === 'collateralSold' || kind === 'assetBought' || kind === 'suppliersPaid',
    );
    for (let instrument = 1; instrument <= state.machine.instrumentCount.get(0); instrument++) {
      const paid = paymentsOf(events, instrument);
      checkMarket(state, { instrument, paid, isFundMoved }, sentences);
      checkPlaces(events, instrument, sentences);
    }
    for (const event of events) {
      if (event.kind !== 'deleveraged') continue;
      const { markPrice, multiplier } = state.instruments;
      const { instrument, size, quote } = event;
      const atMark = size * markPrice.get(instrument) * multiplier.get(instrument);
      if (Number(quote) !== atMark) {
        sentences.push(`instrument ${instrument}: ${size} lots moved at ${quote}, not at mark`);
      }
    }
    return sentences;
  },
};

type Payments = Record<Step, bigint>;

function paymentsOf(events: readonly Event[], instrument: number): Payments {
  const paid: Payments = {
    deficit: 0n,
    pool: 0n,
    fund: 0n,
    adl: 0n,
    gains: 0n,
    principal: 0n,
    badDebt: 0n,
  };
  for (const event of events) {
    const step = stepOf(event, instrument);
    if (step !== undefined) paid[step] += amountOf(event);
  }
  return paid;
}

function amountOf(event: Event): bigint {
  if (event.kind === 'deleveraged') return event.charge;
  return 'amount' in event ? event.amount : 0n;
}

function stepOf(event: Event, instrument: number): Step | undefined {
  switch (event.kind) {
    case 'deficitOpened':
      return event.instrument === instrument ? 'deficit' : undefined;
    case 'poolDrawn':
      if (event.market !== instrument) return undefined;
      return event.instrument === 0 ? 'fund' : 'pool';
    case 'deleveraged':
      return event.instrument === instrument ? 'adl' : undefined;
    case 'lossSocialized':
      if (event.instrument !== instrument || event.step === 'suppliers') return undefined;
      return event.step;
    case 'badDebtRecorded':
      return event.instrument === instrument ? 'badDebt' : undefined;
    default:
      return undefined;
  }
}

function checkMarket(
  state: State,
  market: { readonly instrument: number; readonly paid: Payments; readonly isFundMoved: boolean },
  sentences: string[],
): void {
  const { instrument, paid } = market;
  const insured = paid.pool + paid.fund;
  const all = insured + paid.adl + paid.gains + paid.principal + paid.badDebt;
  if (all !== paid.deficit) {
    sentences.push(`instrument ${instrument}: ${all} was paid for deficits of ${paid.deficit}`);
  }
  if (paid.deficit > paid.pool && poolLeft(state, instrument) > 0n) {
    sentences.push(`instrument ${instrument}: its pool had more for a deficit of ${paid.deficit}`);
  }
  if (!market.isFundMoved && paid.deficit > insured && fundLeft(state, instrument) > 0n) {
    sentences.push(`instrument ${instrument}: the fund had more for a deficit of ${paid.deficit}`);
  }
}

/** What the pool could still pay: what it holds, within its cap of the day. */
function poolLeft(state: State, instrument: number): bigint {
  const { pool, poolPaid } = state.instruments;
  const cap = instrumentParameter(state, instrument, instrumentParameters.poolDailyCap);
  return least(pool.get(instrument), BigInt(cap) - daySum(poolPaid, instrument));
}

function fundLeft(state: State, instrument: number): bigint {
  const { machine, instruments } = state;
  const cap = BigInt(globalParameter(state, globalParameters.fundDailyCap));
  const own = instrumentParameter(state, instrument, instrumentParameters.insuranceDailyCap);
  const ofMarket = BigInt(own) - daySum(instruments.fundPaid, instrument);
  return least(machine.fund.get(0), least(cap - daySum(machine.fundPaid, 0), ofMarket));
}

function daySum(ring: { get(cell: number): bigint }, row: number): bigint {
  let sum = 0n;
  for (let k = 0; k < DAY_RING; k++) sum += ring.get(row * DAY_RING + k);
  return sum;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function checkPlaces(events: readonly Event[], instrument: number, sentences: string[]): void {
  let place = 0;
  for (const event of events) {
    const step = stepOf(event, instrument);
    if (step === undefined) continue;
    const at = STEPS.indexOf(step);
    // Gains and principal alternate from holder to holder: one place.
    const rank = step === 'principal' ? STEPS.indexOf('gains') : at;
    if (rank < place) sentences.push(`instrument ${instrument}: ${step} came after its place`);
    place = Math.max(place, rank);
  }
}
