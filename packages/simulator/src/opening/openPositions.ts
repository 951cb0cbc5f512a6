import { type OpenedCommand, rejections } from '@plimsoll/core/schema';
import { findPosition, type State } from '@plimsoll/core/state';
import { RunError } from '../errors.ts';
import { codeOf, type Opening, rejectionSentence, signed } from './opening.ts';
import { orderAction } from './orders.ts';

/** A position that an account is to have, in one instrument at one price. */
export interface Target {
  readonly account: number;
  /** Signed; not 0. */
  readonly lots: number;
  /** Whether fewer lots will do when margin does not reach; otherwise the run cannot begin. */
  readonly mayShrink: boolean;
}

/** Trades that open positions in one instrument at one price. */
export interface PositionsAt {
  readonly instrument: number;
  readonly price: number;
  readonly targets: readonly Target[];
  /** Trades what is left over on one side. */
  readonly house: number;
}

/** What became of the targets. */
export interface OpenedPositions {
  /** Positions that are smaller than wanted. */
  readonly shrunkCount: number;
}

const ROUNDS_MAX = 200;
/** What is left of a target that initial margin refused. */
const SHRINK = 0.95;

interface Wanted {
  readonly account: number;
  readonly mayShrink: boolean;
  /** Signed lots to reach, counted from what the account held before. */
  goal: number;
  readonly before: number;
  isShrunk: boolean;
}

/**
 * Opens positions by trades that both sides agree to on the book: who sells rests at the price, who
 * buys crosses, and the house takes what is left over. What initial margin refuses is tried
 * smaller.
 */
export function openPositions(opening: Opening, wish: PositionsAt): OpenedPositions {
  const { state } = opening.host.machine;
  const wanted = wish.targets.map(
    ({ account, lots, mayShrink }): Wanted => ({
      account,
      mayShrink,
      goal: lots,
      before: sizeOf(state, account, wish.instrument),
      isShrunk: false,
    }),
  );
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const sellers = wanted.filter((one) => missing(state, wish, one) < 0);
    const buyers = wanted.filter((one) => missing(state, wish, one) > 0);
    if (sellers.length === 0 && buyers.length === 0) {
      withdrawHouse(opening, wish);
      return { shrunkCount: wanted.filter((one) => one.isShrunk).length };
    }
    rest(opening, wish, sellers);
    cross(opening, wish, buyers);
    meet(opening, wish, { sellers, buyers });
  }
  throw new RunError('the positions of the scenario could not be opened', {
    instrument: opening.directory.listing(wish.instrument).name,
  });
}

function sizeOf(state: State, account: number, instrument: number): number {
  const row = findPosition(state, account, instrument);
  return row < 0 ? 0 : state.positions.size.get(row);
}

function restingAsks(state: State, account: number, instrument: number): number {
  const row = findPosition(state, account, instrument);
  return row < 0 ? 0 : state.positions.askLots.get(row);
}

/** Signed lots that are still to be traded. */
function missing(state: State, wish: PositionsAt, one: Wanted): number {
  return one.goal + one.before - sizeOf(state, one.account, wish.instrument);
}

/** Sellers put in an order unless they have one that rests. */
function rest(opening: Opening, wish: PositionsAt, sellers: readonly Wanted[]): void {
  const { state } = opening.host.machine;
  const idle = sellers.filter((one) => restingAsks(state, one.account, wish.instrument) === 0);
  order(opening, wish, { who: idle, side: 'sell' });
}

function cross(opening: Opening, wish: PositionsAt, buyers: readonly Wanted[]): void {
  order(opening, wish, { who: buyers, side: 'buy' });
}

function order(
  opening: Opening,
  wish: PositionsAt,
  sending: { readonly who: readonly Wanted[]; readonly side: 'buy' | 'sell' },
): void {
  const { who, side } = sending;
  if (who.length === 0) return;
  const { state } = opening.host.machine;
  const { instrument, price } = wish;
  const applied = opening.step(() =>
    who.map((one): OpenedCommand => {
      const lots = Math.abs(missing(state, wish, one));
      const immediate = side === 'buy' ? { isImmediate: true } : { isPostOnly: true };
      const action = orderAction({ instrument, side, lots, price, ...immediate });
      return signed(opening, one.account, [action]);
    }),
  );
  // A maker whose margin fails at the fill loses its order, which is a refusal in effect.
  const failed = new Set(
    applied.outcome.events.map((event) =>
      event.kind === 'orderCancelled' && event.reason === 'makerMargin' ? event.account : 0,
    ),
  );
  who.forEach((one, at) => {
    const code = codeOf(applied.results[at]);
    if (code !== 0) shrink(opening, one, code);
    else if (failed.has(one.account)) shrink(opening, one, rejections.initialMargin.code);
  });
}

function shrink(opening: Opening, one: Wanted, code: number): void {
  const isTooSmall =
    code === rejections.orderNotional.code || code === rejections.positionDust.code;
  if (!one.mayShrink || (code !== rejections.initialMargin.code && !isTooSmall)) {
    const account = opening.directory.accountName(one.account);
    const reason = `${code}, ${rejectionSentence(code)}`;
    throw new RunError(`the position of ${account} cannot be opened: refused with ${reason}`);
  }
  one.isShrunk = true;
  // What is too small to be a position is left out.
  one.goal = isTooSmall ? 0 : toward(one.goal * SHRINK);
}

function toward(lots: number): number {
  return lots > 0 ? Math.floor(lots) : Math.ceil(lots);
}

/** When one side is done, the house trades with what is left of the other. */
function meet(
  opening: Opening,
  wish: PositionsAt,
  sides: { readonly sellers: readonly Wanted[]; readonly buyers: readonly Wanted[] },
): void {
  const { state } = opening.host.machine;
  const { instrument, price, house } = wish;
  let asks = 0;
  for (const one of sides.sellers) asks += restingAsks(state, one.account, instrument);
  let bids = 0;
  for (const one of sides.buyers) bids += Math.max(0, missing(state, wish, one));
  const houseAsks = restingAsks(state, house, instrument);
  if (bids === 0 && asks > 0) {
    withdrawHouse(opening, wish);
    const action = orderAction({ instrument, side: 'buy', lots: asks, price, isImmediate: true });
    mustPass(opening, () => [signed(opening, house, [action])]);
  } else if (asks === 0 && houseAsks < bids) {
    const lots = bids - houseAsks;
    const action = orderAction({ instrument, side: 'sell', lots, price, isPostOnly: true });
    mustPass(opening, () => [signed(opening, house, [action])]);
  }
}

/** Takes the house off the book. */
function withdrawHouse(opening: Opening, wish: PositionsAt): void {
  const { instrument, house } = wish;
  if (restingAsks(opening.host.machine.state, house, instrument) === 0) return;
  mustPass(opening, () => [signed(opening, house, [{ kind: 'cancelAll', instrument }])]);
}

function mustPass(opening: Opening, commands: () => readonly OpenedCommand[]): void {
  const applied = opening.step(commands);
  const code = codeOf(applied.results[0]);
  if (code === 0) return;
  throw new RunError(`the counterparty was refused with ${code}: ${rejectionSentence(code)}`);
}
