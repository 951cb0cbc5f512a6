import { debtOf, suppliedOf } from '@plimsoll/core/ledger';
import { SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { AssetLeaves } from './assetLeaves.ts';

/** What an asset's line says beside the sums of its accounts, in asset units. */
export interface LineRest {
  readonly custody: bigint;
  readonly badDebt: bigint;
  readonly entry: bigint;
  readonly inFlight: bigint;
  readonly fees: bigint;
  readonly dust: bigint;
  readonly pools: bigint;
  readonly funding: bigint;
}

/** The claims and debts of every account in one asset, and the rest of the asset's equation. */
export interface AssetLiabilities {
  readonly asset: number;
  readonly leaves: AssetLeaves;
  /** Σ of what accounts have lent, each rounded down: a part of their claims. */
  readonly supplied: bigint;
  /** Owed by borrowers and to suppliers, as the ledger keeps them in total. */
  readonly borrowTotal: bigint;
  readonly supplyTotal: bigint;
  readonly rest: LineRest;
}

/**
 * Copies the liabilities of a state, in one go: the machine goes on while the trees are built from
 * the copy. Spec: liabilities 1.
 */
export function collectLiabilities(state: State): AssetLiabilities[] {
  const { accounts, balances, machine } = state;
  const assets = machine.assetCount.get(0);
  const leaves = Array.from({ length: assets + 1 }, () => new AssetLeaves());
  const supplied = new Array<bigint>(assets + 1).fill(0n);
  const { amount, debtShares, supplyShares } = balances;
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const base = accounts.balanceBase.get(account);
    const end = base + accounts.balanceCount.get(account);
    for (let row = base; row < end; row++) {
      const asset = balances.asset.get(row);
      const into = leaves[asset] as AssetLeaves;
      if (supplyShares.double(row) === 0 && debtShares.double(row) === 0) {
        const low = 2 * row * amount.step;
        const { halves } = amount;
        into.addHalves(account, halves[low] as number, halves[low + 1] as number);
        continue;
      }
      const lent = suppliedOf(state, account, asset);
      supplied[asset] = (supplied[asset] as bigint) + lent;
      into.add(account, amount.get(row) + lent, debtOf(state, account, asset));
    }
  }
  const entry = entrySum(state);
  return leaves.slice(1).map((each, i) => ({
    asset: i + 1,
    leaves: each,
    supplied: supplied[i + 1] as bigint,
    borrowTotal: state.assets.borrowTotal.get(i + 1),
    supplyTotal: state.assets.supplyTotal.get(i + 1),
    rest: restOf(state, i + 1, entry),
  }));
}

function restOf(state: State, asset: number, entry: bigint): LineRest {
  const { assets, instruments, machine } = state;
  let badDebt = assets.badDebt.get(asset);
  let pools = assets.fundHeld.get(asset);
  let funding = 0n;
  if (asset === SETTLEMENT_ASSET) {
    pools += machine.fund.get(0);
    for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
      badDebt += instruments.badDebt.get(instrument);
      pools += instruments.pool.get(instrument);
      funding += instruments.fundingHeld.get(instrument);
    }
  }
  return {
    custody: assets.custody.get(asset),
    badDebt,
    entry: asset === SETTLEMENT_ASSET ? entry : 0n,
    inFlight: assets.inFlight.get(asset),
    fees: assets.fees.get(asset),
    dust: assets.dust.get(asset),
    pools,
    funding,
  };
}

/** Σ entry is Σ realized, market by market (I2): no need to walk the positions. */
function entrySum({ instruments, machine }: State): bigint {
  let sum = 0n;
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    sum += instruments.realizedTotal.get(instrument);
  }
  return sum;
}
