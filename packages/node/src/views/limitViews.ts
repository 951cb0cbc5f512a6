import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { toAmount } from '@plimsoll/api/units';
import { adlHolders, divideAdl, equityDown, gainIn } from '@plimsoll/core/losses';
import type { Machine } from '@plimsoll/core/machine';
import { amountDown } from '@plimsoll/core/math';
import {
  explain,
  initialMargin,
  initialTiers,
  isExempt,
  maximumOrder as largestOrder,
  maximumWithdrawal as largestWithdrawal,
  type PositionPart,
  withdrawalTest,
} from '@plimsoll/core/risk';
import { SETTLEMENT_ASSET, SIDE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import {
  accountIn,
  assetNamed,
  exactly,
  instrumentNamed,
  malformed,
  readWhole,
  textIn,
} from './ask.ts';
import type { ReadContext } from './context.ts';
import { amountIn, type MarketUnits, marketUnitsOf, moneyOf } from './units.ts';

// What an account may do at most, and what the losses of others may take from it at most.

const PPM = 1_000_000;

type Share = ValueOf<'AdlShare'>;

export function maximumOrder(context: ReadContext, question: Question): AnswerOf<'maximumOrder'> {
  const { state } = context.machine;
  const account = accountIn(state, question);
  const units = marketUnitsOf(state, instrumentNamed(state, question.query.instrument));
  const side = question.query.side === 'sell' ? 'sell' : 'buy';
  const text = textIn(question, 'price');
  const mark = state.instruments.markPrice.get(units.instrument);
  const limit = text === undefined ? mark : exactly('query.price', () => units.price(text));
  if (limit < 0) malformed('query.price', 'must not be negative');
  const lots = largestOrder(state, {
    account,
    instrument: units.instrument,
    side: SIDE[side],
    limit,
  });
  return {
    account,
    instrument: units.instrument,
    name: units.name,
    side,
    price: units.text(limit),
    size: units.size(lots),
    lots,
  };
}

export function maximumWithdrawal(
  context: ReadContext,
  question: Question,
): AnswerOf<'maximumWithdrawal'> {
  const { state } = context.machine;
  const account = accountIn(state, question);
  const named = textIn(question, 'asset');
  const asset = named === undefined ? SETTLEMENT_ASSET : assetNamed(state, named);
  const { available, required } = withdrawalTest(state, account);
  const money = moneyOf(state);
  return {
    account,
    maximum: amountIn(state, asset, largestWithdrawal(state, account, asset)),
    available: money.amountDown(available),
    required: money.amountUp(required),
    isExempt: isExempt(state, account),
  };
}

/**
 * What an ADL would take of an account's positions by the rules of the waterfall and the present
 * state: its holders, gains and equities now, everything at mark. Spec: api 6.
 */
export function adlShare(context: ReadContext, question: Question): AnswerOf<'adlShare'> {
  const { machine } = context;
  const { state } = machine;
  const account = accountIn(state, question);
  const named = textIn(question, 'instrument');
  const instrument = named === undefined ? 0 : instrumentNamed(state, named);
  const asked = { size: textIn(question, 'size'), deficit: textIn(question, 'deficit') };
  if (asked.size !== undefined && instrument === 0) {
    malformed('query.size', 'is of an instrument: name it in /query/instrument');
  }
  const held = explain(state, account).positions.filter(
    (part) => part.size !== 0 && (instrument === 0 || part.instrument === instrument),
  );
  const positions = readWhole(machine, () =>
    held.map((part) => shareOf(machine, account, { part, asked })),
  );
  return { account, positions };
}

interface AskedShare {
  readonly part: PositionPart;
  readonly asked: { readonly size: string | undefined; readonly deficit: string | undefined };
}

function shareOf(machine: Machine, account: number, share: AskedShare): Share {
  const { state } = machine;
  const { part, asked } = share;
  const units = marketUnitsOf(state, part.instrument);
  const side = sideOf(machine, part.instrument, part.size > 0 ? 1 : -1);
  const gain = gainIn(state, account, part.instrument);
  const first = divideAdl(state, { instrument: part.instrument, lots: 1, deficit: 0n }, [account]);
  return {
    instrument: part.instrument,
    name: units.name,
    size: units.size(part.size),
    lots: part.size,
    gain: moneyOf(state).amount(gain),
    gainShare: side.gains === 0n ? 0 : Number((gain * BigInt(PPM)) / side.gains) / PPM,
    goesFirst: first.goesFirst[0] === 1,
    asked:
      asked.size === undefined
        ? null
        : outcomeOf(state, account, {
            part,
            units,
            side,
            size: asked.size,
            deficit: asked.deficit,
          }),
    worst: worstOf(state, account, { part, units, side }),
  };
}

/** All that hold one side of an instrument. */
interface HeldSide {
  readonly holders: readonly number[];
  readonly lots: number;
  readonly gains: bigint;
}

const sides = new WeakMap<Machine, { height: number; readonly byKey: Map<string, HeldSide> }>();

/** Reads every account, once per height and side. */
function sideOf(machine: Machine, instrument: number, side: 1 | -1): HeldSide {
  const { state } = machine;
  const height = state.machine.height.get(0);
  let known = sides.get(machine);
  if (known === undefined || known.height !== height) {
    known = { height, byKey: new Map() };
    sides.set(machine, known);
  }
  const key = `${instrument}:${side}`;
  const found = known.byKey.get(key);
  if (found !== undefined) return found;
  const holders = adlHolders(state, instrument, side);
  let lots = 0;
  let gains = 0n;
  for (const holder of holders) {
    const row = state.slabs.positions.find(holder, instrument);
    lots += Math.abs(state.positions.size.get(row));
    gains += gainIn(state, holder, instrument);
  }
  const held = { holders, lots, gains };
  known.byKey.set(key, held);
  return held;
}

interface OutcomeAsked {
  readonly part: PositionPart;
  readonly units: MarketUnits;
  readonly side: HeldSide;
  readonly size: string;
  readonly deficit: string | undefined;
}

function outcomeOf(state: State, account: number, asked: OutcomeAsked): ValueOf<'AdlOutcome'> {
  const { part, units, side } = asked;
  const money = moneyOf(state);
  const wanted = exactly('query.size', () => units.lots(asked.size));
  if (wanted <= 0) malformed('query.size', 'must be above 0');
  const deficit = exactly('query.deficit', () => toAmount(asked.deficit ?? '0', money.decimals));
  if (deficit < 0n) malformed('query.deficit', 'must not be negative');
  const lots = Math.min(wanted, side.lots);
  const { result } = divideAdl(state, { instrument: part.instrument, lots, deficit }, side.holders);
  const at = side.holders.indexOf(account);
  const atMark = result.closedAtMark[at] ?? 0;
  const closed = (result.closed[at] ?? 0) + atMark;
  return {
    residualSize: units.size(lots),
    residualLots: lots,
    deficit: money.amount(deficit),
    closedSize: units.size(closed),
    closedLots: closed,
    closedAtMarkLots: atMark,
    price: units.orNull(part.markPrice),
    realized: money.amountDown(realizedOf(part, closed)),
    charge: money.amount(result.charges[at] ?? 0n),
  };
}

/** The whole other side is bankrupt, and its deficit is more than all gains. */
function worstOf(
  state: State,
  account: number,
  held: Pick<OutcomeAsked, 'part' | 'units' | 'side'>,
): ValueOf<'AdlWorst'> {
  const { part, units, side } = held;
  const money = moneyOf(state);
  const lots = Math.abs(part.size);
  const equity = positive(equityDown(state, account));
  const gains = lesser(gainIn(state, account, part.instrument), equity);
  const initial = initialMargin(initialTiers(state, part.instrument), part.notional, {
    scale: 0,
    volatilityRate: state.instruments.initialRate.get(part.instrument),
    ownRate: state.accounts.ownRatePpm.get(account) / PPM,
  });
  return {
    residualSize: units.size(side.lots),
    residualLots: side.lots,
    closedSize: units.size(lots),
    closedLots: lots,
    price: units.orNull(part.markPrice),
    realized: money.amountDown(part.unrealized),
    gainsMax: money.amount(gains),
    principalMax: money.amount(lesser(amountDown(initial), equity - gains)),
  };
}

/** The part of what is unrealized that closing lots at mark books. */
function realizedOf(part: PositionPart, lots: number): number {
  return (part.unrealized * lots) / Math.abs(part.size);
}

function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}
