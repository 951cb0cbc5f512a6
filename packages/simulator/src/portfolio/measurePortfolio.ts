import { bankruptcyPrice, bankruptcyWeights } from '@plimsoll/core/liquidation';
import { amountDown, amountUp } from '@plimsoll/core/math';
import {
  type Explanation,
  explain,
  liquidationPrice,
  type PositionPart,
} from '@plimsoll/core/risk';
import type { Action } from '@plimsoll/core/schema';
import { SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import { findBalance, findPosition, rollbackTo, type State, savepoint } from '@plimsoll/core/state';
import { PortfolioFileError, RunError, ScenarioFileError } from '../errors.ts';
import { startingPrices } from '../markets/index.ts';
import {
  codeOf,
  Directory,
  genesisOf,
  Host,
  Opening,
  orderAction,
  rejectionSentence,
  signed,
  takePositions,
} from '../opening/index.ts';
import type { Scenario, ScenarioAccount } from '../scenarios/scenario.ts';
import { marketOptions } from '../setup/index.ts';
import { ACCOUNT, type Portfolio } from './readPortfolio.ts';

/** Prices in price units: where the account would be liquidated, and where it has nothing left. */
export interface PositionPrices {
  readonly instrument: number;
  /** Entry notional ÷ size. */
  readonly entry: number;
  /** Null when no price of this instrument alone brings the account there. */
  readonly liquidation: number | null;
  readonly bankruptcy: number;
}

/** One portfolio's margin with all its parts, in settlement units. */
export interface PortfolioMargin {
  readonly portfolio: Portfolio;
  readonly directory: Directory;
  readonly explanation: Explanation;
  /** One per position that is not 0. */
  readonly prices: readonly PositionPrices[];
}

/** Collateral for the opening, in multiples of everything that is opened. */
const MEANS = 4n;
const LEAST_MEANS = 1000n;
/** Lenders have so many times what is borrowed: new loans stop at 80 % utilization. */
const LENT = 2n;

/**
 * Measures a portfolio on a machine of its own. Positions, loans and orders come about by commands,
 * in one market with a counterparty and a lender; the account has means enough for all of them.
 * What it paid in the past is history that no command can bring back: its entry prices and its
 * balance of the settlement asset are then written as the file says, read, and undone through the
 * log.
 *
 * @throws PortfolioFileError where the machine refuses what the file says.
 */
export function measurePortfolio(portfolio: Portfolio): PortfolioMargin {
  try {
    return measured(portfolio);
  } catch (error) {
    if (error instanceof ScenarioFileError) {
      throw new PortfolioFileError(portfolio.fileName, error.problems);
    }
    if (!(error instanceof RunError)) throw error;
    throw new PortfolioFileError(portfolio.fileName, [{ path: '', message: error.message }]);
  }
}

function measured(portfolio: Portfolio): PortfolioMargin {
  const { scenario } = portfolio;
  const directory = new Directory(scenario);
  const host = new Host({ genesis: genesisOf(scenario, 1) });
  const prices = startingPrices(marketOptions(scenario, noTable));
  const { fileName } = portfolio;
  const opening = new Opening({ host, directory, scenario, fileName, prices });
  const held = scenario.accounts[0] as ScenarioAccount;
  opening.list();
  opening.open([{ ...held, balances: openingBalances(opening, portfolio, held) }]);
  const atMark = held.positions.map((position) => ({ ...position, price: null }));
  takePositions(opening, [{ account: { ...held, positions: atMark }, mayShrink: false }]);
  openLender(opening, portfolio);
  act(opening, portfolio, held);
  return asIf(opening, portfolio, held);
}

function noTable(): never {
  throw new Error('a portfolio has no price files');
}

/** Deposits: the balances less what is borrowed later, and means for the opening. */
function openingBalances(
  opening: Opening,
  portfolio: Portfolio,
  held: ScenarioAccount,
): ScenarioAccount['balances'] {
  const { scenario, loans } = portfolio;
  const settlement = scenario.settlement.name;
  const others = held.balances.flatMap(({ asset, amount }) => {
    const owed = loans.find((loan) => loan.asset === asset)?.amount ?? 0n;
    return asset === settlement || amount <= owed ? [] : [{ asset, amount: amount - owed }];
  });
  return [{ asset: settlement, amount: meansOf(opening, portfolio, held) }, ...others];
}

function meansOf(opening: Opening, portfolio: Portfolio, held: ScenarioAccount): bigint {
  const { scenario } = portfolio;
  let gross = 0n;
  const add = (instrument: string, lots: number, price: number): void => {
    const listing = opening.directory.listing(opening.directory.instrument(instrument) as number);
    gross += BigInt(Math.abs(lots)) * BigInt(price) * listing.settlementUnitsPerLot;
  };
  for (const { instrument, lots } of held.positions) {
    const id = opening.directory.instrument(instrument) as number;
    add(instrument, lots, opening.priceOf(id));
  }
  for (const { instrument, lots, price } of portfolio.orders) add(instrument, lots, price);
  for (const loan of portfolio.loans) gross += worthOf(scenario, opening, loan);
  return MEANS * gross + LEAST_MEANS * 10n ** BigInt(scenario.settlement.decimals);
}

/** What an amount of an asset is worth in the settlement asset, about. */
function worthOf(
  scenario: Scenario,
  opening: Opening,
  loan: { readonly asset: string; readonly amount: bigint },
): bigint {
  const asset = scenario.assets.find((one) => one.name === loan.asset);
  if (asset === undefined || asset.underlying === null) return loan.amount;
  const { assets } = opening.host.machine.state;
  const id = opening.directory.asset(loan.asset) as number;
  const numerator = assets.valueNumerator.get(id) * (opening.prices.get(asset.underlying) ?? 0);
  return (loan.amount * BigInt(numerator)) / BigInt(assets.valueDenominator.get(id));
}

/** Somebody who lends what the account borrows. */
function openLender(opening: Opening, portfolio: Portfolio): void {
  if (portfolio.loans.length === 0) return;
  const name = '(lender)';
  const balances = portfolio.loans.map(({ asset, amount }) => ({ asset, amount: LENT * amount }));
  opening.open([{ name, owner: name, balances }]);
  const lender = opening.directory.account(name) as number;
  const supplies = balances.map(({ asset, amount }): Action => {
    const id = opening.directory.asset(asset) as number;
    return { kind: 'supply', asset: id, amount };
  });
  opening.send(() => supplies.map((action) => signed(opening, lender, [action])));
}

interface Wish {
  readonly path: string;
  readonly action: Action;
}

/** Loans, own rate and orders, in one block: no interest accrues between them and the reading. */
function act(opening: Opening, portfolio: Portfolio, held: ScenarioAccount): void {
  const account = opening.directory.account(ACCOUNT) as number;
  const wishes = [...loanWishes(opening, portfolio, held), ...orderWishes(opening, portfolio)];
  if (portfolio.ownRatePpm > 0) {
    const action: Action = { kind: 'setOwnRate', ratePpm: portfolio.ownRatePpm };
    wishes.unshift({ path: '/ownRatePpm', action });
  }
  const applied = opening.step(() =>
    wishes.map(({ action }) => signed(opening, account, [action])),
  );
  const problems = wishes.flatMap(({ path }, at) => {
    const code = codeOf(applied.results[at]);
    const message = `the machine refuses it: ${code}, ${rejectionSentence(code)}`;
    return code === 0 ? [] : [{ path, message }];
  });
  if (problems.length > 0) throw new PortfolioFileError(portfolio.fileName, problems);
}

function loanWishes(opening: Opening, portfolio: Portfolio, held: ScenarioAccount): Wish[] {
  const lender = opening.directory.account('(lender)') ?? 0;
  return portfolio.loans.flatMap(({ asset, amount }): Wish[] => {
    const path = `/loans/${asset}`;
    const id = opening.directory.asset(asset) as number;
    const borrow: Wish = { path, action: { kind: 'borrow', asset: id, amount } };
    const balance = held.balances.find((one) => one.asset === asset)?.amount ?? 0n;
    // What was borrowed and is no longer held has gone elsewhere.
    if (id === SETTLEMENT_ASSET || balance >= amount) return [borrow];
    const gone: Action = { kind: 'transfer', to: lender, asset: id, amount: amount - balance };
    return [borrow, { path, action: gone }];
  });
}

function orderWishes(opening: Opening, portfolio: Portfolio): Wish[] {
  return portfolio.orders.map(({ instrument, side, lots, price, isReduceOnly }, at) => {
    const id = opening.directory.instrument(instrument) as number;
    const order = orderAction({ instrument: id, side, lots, price });
    return { path: `/orders/${at}`, action: { ...order, isReduceOnly } };
  });
}

/** Reads the account as if it had traded at its entry prices and held the balance of the file. */
function asIf(opening: Opening, portfolio: Portfolio, held: ScenarioAccount): PortfolioMargin {
  const { host, directory } = opening;
  const { state } = host.machine;
  const account = directory.account(ACCOUNT) as number;
  const settlement = portfolio.scenario.settlement.name;
  const point = savepoint(state);
  const balance = held.balances.find((one) => one.asset === settlement)?.amount ?? 0n;
  state.balances.amount.set(findBalance(state, account, SETTLEMENT_ASSET), balance);
  for (const { instrument, lots, price } of held.positions) {
    const id = directory.instrument(instrument) as number;
    const entry = BigInt(lots) * BigInt(price ?? opening.priceOf(id));
    const row = findPosition(state, account, id);
    state.positions.entry.set(row, entry * directory.listing(id).settlementUnitsPerLot);
  }
  const explanation = explain(state, account);
  const prices = pricesOf(state, explanation);
  rollbackTo(state, point);
  return { portfolio, directory, explanation, prices };
}

function pricesOf(state: State, explanation: Explanation): PositionPrices[] {
  const { account, figures } = explanation;
  const legs = explanation.positions.filter((position) => position.size !== 0);
  const weights = bankruptcyWeights(
    legs.map((leg) => amountUp(leg.maintenance)),
    legs.map((leg) => amountUp(leg.notional)),
  );
  let weightSum = 0n;
  for (let leg = 0; leg < legs.length; leg++) weightSum += weights[leg] as bigint;
  return legs.map(({ instrument, size, markPrice, unrealized }: PositionPart, at) => {
    const multiplier = state.instruments.multiplier.get(instrument);
    const lots = Math.abs(size);
    return {
      instrument,
      entry: markPrice - unrealized / (size * multiplier),
      liquidation: liquidationPrice(state, account, instrument),
      bankruptcy: bankruptcyPrice({
        side: size > 0 ? 1 : -1,
        size: lots,
        closedSize: lots,
        markPrice,
        multiplier,
        equity: amountDown(figures.equity),
        weight: weights[at] as bigint,
        weightSum,
      }),
    };
  });
}
