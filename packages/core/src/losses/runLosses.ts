import { settle, split } from '../ledger/index.ts';
import { setStage, startLiquidation, waitFor } from '../liquidation/index.ts';
import { prunePosition } from '../positions/index.ts';
import { disarmTouched, isLiquidatable, touchedAccounts } from '../risk/index.ts';
import { globalParameters, LIQUIDATION_STAGE, SETTLEMENT_ASSET } from '../schema/index.ts';
import { globalParameter, type State } from '../state/index.ts';
import {
  type Bankrupt,
  deficitOf,
  deficitParts,
  exactEquity,
  partOf,
  prepareBankrupt,
} from './bankrupt.ts';
import { deleverageMarket } from './deleverage.ts';
import { collectHolders } from './holders.ts';
import { isSettlementForced, markDeficits } from './openDeficits.ts';
import { type DeficitMarket, payPools } from './payPools.ts';
import { type OpenLoan, settleBankrupt } from './settleBankrupt.ts';
import { socializeMarket } from './socializeMarket.ts';

/**
 * The loss phase of a block: all deficits at the same prices, before any is paid; then pools and
 * the shared fund, positions against winners, gains, principal, suppliers, bad debt. Spec:
 * waterfall.
 */
export function runLosses(state: State): void {
  if (state.machine.lossCount.get(0) === 0) {
    markDeficits(state, []);
    return;
  }
  const entries = state.log.count;
  const all = collectBankrupts(state);
  const count = isSettlementForced(state) ? all.length : affordable(state, all);
  const waiting = all.slice(count);
  // In order of account from here on: every split goes by it.
  const batch = all.slice(0, count).sort((a, b) => a.account - b.account);
  if (batch.length > 0) settleBatch(state, batch);
  for (const { account } of waiting) waitFor(state, account, 'budget');
  markDeficits(state, waiting);
  disarmTouched(state, entries);
  startForTouched(state, entries);
}

/** Accounts in the stage of losses that have no equity in exact units, oldest first. */
function collectBankrupts(state: State): Bankrupt[] {
  const { accounts, machine } = state;
  const bankrupts: Bankrupt[] = [];
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    if (accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.losses) continue;
    prepareBankrupt(state, account);
    const equity = exactEquity(state, account);
    if (equity > 0n || !isLiquidatable(state, account)) {
      setStage(state, account, LIQUIDATION_STAGE.closeOut);
      waitFor(state, account, equity > 0n ? 'depth' : 'evidence');
      continue;
    }
    const deficit = deficitOf(equity);
    bankrupts.push({ account, deficit, parts: deficitParts(state, account, deficit) });
  }
  const since = accounts.liquidationMs;
  return bankrupts.sort(
    (a, b) => since.get(a.account) - since.get(b.account) || a.account - b.account,
  );
}

/** How many fit the budget: each is 1 and 1 per market; one always does. */
function affordable(state: State, bankrupts: readonly Bankrupt[]): number {
  let work = globalParameter(state, globalParameters.lossBudget);
  let count = 0;
  for (const bankrupt of bankrupts) {
    work -= 1 + bankrupt.parts.length;
    if (work < 0 && count > 0) break;
    count += 1;
  }
  return count;
}

function settleBatch(state: State, batch: readonly Bankrupt[]): void {
  reportDeficits(state, batch);
  const markets = marketsOf(state, batch);
  const unpaid = payPools(state, markets);
  const openLoans = batch.map((): OpenLoan[] => []);
  markets.forEach((market, m) => {
    const open = unpaid[m] ?? 0n;
    if (market.asset !== 0) creditLending(state, { batch, market, open, openLoans });
    else creditMarket(state, batch, market);
  });
  closeMarkets(state, { batch, markets, unpaid });
  batch.forEach((bankrupt, k) => {
    settleBankrupt(state, bankrupt, openLoans[k] ?? []);
  });
}

function reportDeficits(state: State, batch: readonly Bankrupt[]): void {
  for (const { account, parts } of batch) {
    for (const { instrument, asset, amount } of parts) {
      if (amount === 0n) continue;
      const inAsset = asset === 0 ? SETTLEMENT_ASSET : asset;
      state.events.push({ kind: 'deficitOpened', account, instrument, asset: inAsset, amount });
    }
  }
}

/**
 * All markets that bear something or have a position to close: instruments, then assets, ascending.
 */
function marketsOf(state: State, batch: readonly Bankrupt[]): DeficitMarket[] {
  const markets: DeficitMarket[] = [];
  const instruments: (bigint | undefined)[] = [];
  const assets: (bigint | undefined)[] = [];
  for (const { parts } of batch) {
    for (const { instrument, asset, amount } of parts) {
      if (asset === 0) instruments[instrument] = (instruments[instrument] ?? 0n) + amount;
      else assets[asset] = (assets[asset] ?? 0n) + amount;
    }
  }
  for (let instrument = 1; instrument <= state.machine.instrumentCount.get(0); instrument++) {
    const deficit = instruments[instrument];
    if (deficit !== undefined) markets.push({ instrument, asset: 0, deficit });
  }
  for (let asset = SETTLEMENT_ASSET; asset <= state.machine.assetCount.get(0); asset++) {
    const deficit = assets[asset];
    if (deficit !== undefined) markets.push({ instrument: 0, asset, deficit });
  }
  return markets;
}

/**
 * Each account gets its whole part of an instrument's deficit at once; who pays it is settled in
 * `closeMarkets`, so that a position closed at a loss forces no loan in between.
 */
function creditMarket(state: State, batch: readonly Bankrupt[], market: DeficitMarket): void {
  for (const bankrupt of batch) {
    const amount = partOf(bankrupt, market);
    if (amount > 0n) settle(state, bankrupt.account, amount);
  }
}

/** What the fund paid for a lending market goes to its borrowers; the rest stays open. */
function creditLending(
  state: State,
  lending: {
    readonly batch: readonly Bankrupt[];
    readonly market: DeficitMarket;
    readonly open: bigint;
    readonly openLoans: readonly OpenLoan[][];
  },
): void {
  const { batch, market, open, openLoans } = lending;
  const parts = batch.map((bankrupt) => partOf(bankrupt, market));
  const unpaid = split(open, parts);
  parts.forEach((part, k) => {
    const left = unpaid[k] ?? 0n;
    if (part > left) settle(state, (batch[k] as Bankrupt).account, part - left);
    if (left > 0n) openLoans[k]?.push({ asset: market.asset, unpaid: left });
  });
}

/** Closes the positions of the batch, market by market, and spreads what pools did not pay. */
function closeMarkets(
  state: State,
  failing: {
    readonly batch: readonly Bankrupt[];
    readonly markets: readonly DeficitMarket[];
    readonly unpaid: readonly bigint[];
  },
): void {
  const { batch, markets, unpaid } = failing;
  const isFailing: boolean[] = new Array<boolean>(state.machine.instrumentCount.get(0) + 1).fill(
    false,
  );
  for (const { instrument } of markets) if (instrument !== 0) isFailing[instrument] = true;
  const excluded = new Uint8Array(state.machine.accountCount.get(0) + 1);
  for (const { account } of batch) excluded[account] = 1;
  const holders = collectHolders(state, isFailing, excluded);
  markets.forEach(({ instrument }, m) => {
    if (instrument === 0) return;
    const bankrupts = batch.filter((bankrupt) =>
      bankrupt.parts.some((part) => part.instrument === instrument),
    );
    const market = { instrument, bankrupts, holders: holders[instrument] ?? [] };
    const loss = deleverageMarket(state, { ...market, unpaid: unpaid[m] ?? 0n });
    socializeMarket(state, market, loss);
    for (const { account } of bankrupts) prunePosition(state, account, instrument);
  });
}

/**
 * Whom the losses of others put below maintenance is in liquidation from here on, for the next
 * block.
 */
function startForTouched(state: State, fromEntry: number): void {
  const { liquidationStage } = state.accounts;
  touchedAccounts(state, fromEntry, (account) => {
    if (liquidationStage.get(account) !== LIQUIDATION_STAGE.none) return;
    if (!isLiquidatable(state, account)) return;
    startLiquidation(state, account);
    waitFor(state, account, 'budget');
  });
}
