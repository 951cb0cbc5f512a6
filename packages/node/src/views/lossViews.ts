import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { formatAmount } from '@plimsoll/api/units';
import { readName } from '@plimsoll/core/governance';
import { ringSum } from '@plimsoll/core/ledger';
import { fundAvailable } from '@plimsoll/core/liquidation';
import type { Machine } from '@plimsoll/core/machine';
import {
  globalParameters,
  instrumentParameters,
  LIQUIDATION_STAGE,
  SETTLEMENT_ASSET,
} from '@plimsoll/core/schema';
import { globalParameter, instrumentParameter, type State } from '@plimsoll/core/state';
import type { Question } from '../parts.ts';
import { assetName } from '../units/index.ts';
import { liquidationState } from './accountViews.ts';
import type { ReadContext } from './context.ts';
import { figuresOf } from './marginParts.ts';
import { momentOf, moneyOf } from './units.ts';

export function liquidations({ machine: { state } }: ReadContext): AnswerOf<'liquidations'> {
  const { accounts, machine } = state;
  const found: ValueOf<'Liquidation'>[] = [];
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const isIn = accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none;
    if (!isIn && accounts.liquidationWait.get(account) === 0) continue;
    const figures = figuresOf(state, account);
    found.push({ account, state: liquidationState(state, account), figures });
  }
  return { liquidations: found };
}

export function pools({ machine }: ReadContext, _question: Question): AnswerOf<'pools'> {
  const { state } = machine;
  const markets = Array.from({ length: state.machine.instrumentCount.get(0) }, (_, i) =>
    marketPool(state, i + 1),
  );
  const assets = Array.from({ length: state.machine.assetCount.get(0) }, (_, i) =>
    assetMoney(machine, i + 1),
  );
  return { fund: fundView(state), markets, assets };
}

function fundView(state: State): ValueOf<'Fund'> {
  const money = moneyOf(state);
  const cap = globalParameter(state, globalParameters.fundDailyCap);
  return {
    balance: money.amount(state.machine.fund.get(0)),
    paidLastDay: money.amount(ringSum(state.machine.fundPaid, 0)),
    dailyCap: money.amountDown(cap),
    available: money.amount(fundAvailable(state, 0)),
  };
}

function marketPool(state: State, instrument: number): ValueOf<'MarketPool'> {
  const { instruments } = state;
  const { poolDailyCap, insuranceDailyCap } = instrumentParameters;
  const money = moneyOf(state);
  return {
    instrument,
    name: readName(instruments.name, instrument),
    balance: money.amount(instruments.pool.get(instrument)),
    paidLastDay: money.amount(ringSum(instruments.poolPaid, instrument)),
    dailyCap: money.amountDown(instrumentParameter(state, instrument, poolDailyCap)),
    drawnFromFundLastDay: money.amount(ringSum(instruments.fundPaid, instrument)),
    fundDailyCap: money.amountDown(instrumentParameter(state, instrument, insuranceDailyCap)),
    fundingHeld: money.amount(instruments.fundingHeld.get(instrument)),
    badDebt: money.amount(instruments.badDebt.get(instrument)),
    deficitSinceMs: momentOf(instruments.deficitMs.get(instrument)),
  };
}

/**
 * All money of an asset: what backs claims (custody, loans, entry notional, bad debt) less the
 * claims. The difference is 0 in a sound ledger. Spec: ledger 1.
 */
function assetMoney(machine: Machine, asset: number): ValueOf<'AssetMoney'> {
  const { state } = machine;
  const { assets, instruments } = state;
  const decimals = assets.decimals.get(asset);
  const isSettlement = asset === SETTLEMENT_ASSET;
  const overMarkets = (column: typeof instruments.pool): bigint => {
    let sum = 0n;
    const count = isSettlement ? state.machine.instrumentCount.get(0) : 0;
    for (let instrument = 1; instrument <= count; instrument++) sum += column.get(instrument);
    return sum;
  };
  const backing = {
    custody: assets.custody.get(asset),
    borrowed: assets.borrowTotal.get(asset),
    // Σ entry = Σ realized (I2): one sum over markets instead of one over positions.
    entryNotional: overMarkets(instruments.realizedTotal),
    badDebt: assets.badDebt.get(asset) + overMarkets(instruments.badDebt),
  };
  const claims = {
    accounts: accountsHold(machine, asset),
    supplied: assets.supplyTotal.get(asset),
    inFlight: assets.inFlight.get(asset),
    fees: assets.fees.get(asset),
    dust: assets.dust.get(asset),
    fundHeld: assets.fundHeld.get(asset),
    fund: isSettlement ? state.machine.fund.get(0) : 0n,
    pools: overMarkets(instruments.pool),
    fundingHeld: overMarkets(instruments.fundingHeld),
  };
  const text = (amount: bigint): string => formatAmount(amount, decimals);
  return {
    asset: assetName(state, asset),
    custody: text(backing.custody),
    borrowed: text(backing.borrowed),
    entryNotional: text(backing.entryNotional),
    badDebt: text(backing.badDebt),
    accounts: text(claims.accounts),
    supplied: text(claims.supplied),
    inFlight: text(claims.inFlight),
    fees: text(claims.fees),
    dust: text(claims.dust),
    fundHeld: text(claims.fundHeld),
    fund: text(claims.fund),
    pools: text(claims.pools),
    fundingHeld: text(claims.fundingHeld),
    difference: text(sumOf(backing) - sumOf(claims)),
  };
}

function sumOf(amounts: { readonly [name: string]: bigint }): bigint {
  return Object.values(amounts).reduce((sum, amount) => sum + amount, 0n);
}

const held = new WeakMap<Machine, { readonly height: number; readonly byAsset: bigint[] }>();

/** Σ free balances of an asset: read from every balance, once per height. */
function accountsHold(machine: Machine, asset: number): bigint {
  const { state } = machine;
  const height = state.machine.height.get(0);
  let known = held.get(machine);
  if (known === undefined || known.height !== height) {
    known = { height, byAsset: sumBalances(state) };
    held.set(machine, known);
  }
  return known.byAsset[asset] ?? 0n;
}

function sumBalances(state: State): bigint[] {
  const { accounts, balances, machine } = state;
  const sums: bigint[] = Array.from({ length: machine.assetCount.get(0) + 1 }, () => 0n);
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const first = accounts.balanceBase.get(account);
    const end = first + accounts.balanceCount.get(account);
    for (let row = first; row < end; row++) {
      const asset = balances.asset.get(row);
      sums[asset] = (sums[asset] ?? 0n) + balances.amount.get(row);
    }
  }
  return sums;
}
