import { expect, test } from 'vitest';
import {
  borrowing,
  claimOf,
  debtLoss,
  repayment,
  sharesToSupply,
  sumOf,
  supplyWithdrawal,
} from '../../src/ledger/index.ts';
import { accrueInterest } from '../../src/ledger/interest.ts';
import { debtOf } from '../../src/ledger/loanShares.ts';
import { amountBelow, type Draw, seeded } from '../fixtures/seeded.ts';

/** One lending market with six accounts, driven at random; `idle` is the cash that it holds. */
class LendingMarket {
  borrowed = 0n;
  borrowedShares = 0n;
  supplied = 0n;
  suppliedShares = 0n;
  prepaid = 0n;
  fees = 0n;
  dust = 0n;
  badDebt = 0n;
  idle = 0n;
  readonly debts: bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];
  readonly claims: bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];
  readonly seen: Record<string, number> = {};

  step(draw: Draw): void {
    const account = draw(6);
    const kinds = ['supply', 'borrow', 'repay', 'withdraw', 'accrue', 'accrue', 'lose'] as const;
    const kind = kinds[draw(10) === 0 ? 6 : draw(6)]!;
    this.seen[kind] = (this.seen[kind] ?? 0) + 1;
    this[kind](account, draw);
  }

  supply(account: number, draw: Draw): void {
    const amount = 1n + amountBelow(draw, 6);
    // A market whose shares became worthless starts a new epoch; here it just takes no more.
    if (this.supplied * 1_000_000_000n < this.suppliedShares) return;
    const shares = sharesToSupply(amount, this.supplied, this.suppliedShares);
    this.claims[account]! += shares;
    this.suppliedShares += shares;
    this.supplied += amount;
    this.idle += amount;
    // In and out at once never gains.
    if (claimOf(shares, this.supplied, this.suppliedShares) > amount) throw new Error('gain');
  }

  borrow(account: number, draw: Draw): void {
    let amount = amountBelow(draw, 5);
    if (amount > this.idle) amount = this.idle;
    const before = debtOf(this.debts[account]!, this.borrowed, this.borrowedShares);
    const { shares, debt } = borrowing(amount, this.borrowed, this.borrowedShares);
    if (debt < amount) throw new Error('less is owed than was lent');
    this.debts[account]! += shares;
    this.borrowedShares += shares;
    this.borrowed += debt;
    this.dust += debt - amount;
    this.idle -= amount;
    const after = debtOf(this.debts[account]!, this.borrowed, this.borrowedShares);
    if (after < before + amount - 1n) throw new Error('a loan that is not owed');
  }

  repay(account: number, draw: Draw): void {
    const shares = this.debts[account]!;
    const { borrowed, borrowedShares } = this;
    const debt = debtOf(shares, borrowed, borrowedShares);
    const amount = draw(2) === 0 ? debt : amountBelow(draw, 5);
    const { paid, burned, settled } = repayment({ amount, shares, borrowed, borrowedShares });
    if (paid > amount || paid > borrowed || burned > shares) throw new Error('too much repaid');
    if (amount >= debt && burned !== shares) throw new Error('a full repayment burns all');
    this.debts[account]! -= burned;
    this.borrowedShares -= burned;
    this.borrowed -= settled;
    this.dust += paid - settled;
    this.idle += paid;
  }

  withdraw(account: number, draw: Draw): void {
    let amount = draw(2) === 0 ? 10n ** 12n : amountBelow(draw, 5);
    if (amount > this.idle) amount = this.idle;
    const { supplied, suppliedShares } = this;
    const shares = this.claims[account]!;
    const out = supplyWithdrawal({ amount, shares, supplied, suppliedShares });
    if (out.paid > amount || out.burned > shares) throw new Error('too much withdrawn');
    this.claims[account]! -= out.burned;
    this.suppliedShares -= out.burned;
    this.supplied -= out.paid;
    this.idle -= out.paid;
  }

  accrue(_account: number, draw: Draw): void {
    const accrual = accrueInterest({
      borrowed: this.borrowed,
      ratePpm: draw(1_000_000),
      dtMs: draw(10_000_000_000),
      prepaid: this.prepaid,
      reservePpm: draw(300_000),
    });
    this.prepaid = accrual.prepaid;
    this.borrowed += accrual.interest;
    this.supplied += accrual.toSuppliers;
    this.fees += accrual.toFees;
  }

  lose(account: number, draw: Draw): void {
    const { borrowed, borrowedShares, supplied } = this;
    const shares = this.debts[account]!;
    const debt = debtOf(shares, borrowed, borrowedShares);
    const covered = draw(2) === 0 ? 0n : debt / 2n;
    const loss = debtLoss({ shares, borrowed, borrowedShares, supplied, covered });
    const { settled } = repayment({ amount: loss.debt, shares, borrowed, borrowedShares });
    this.debts[account] = 0n;
    this.borrowedShares -= shares;
    this.borrowed -= settled;
    this.dust += loss.debt - settled;
    this.supplied -= loss.fromSuppliers;
    this.badDebt += loss.badDebt;
    this.idle += covered;
  }

  check(): void {
    const { borrowed, borrowedShares, supplied, suppliedShares } = this;
    if (borrowed > 0n !== borrowedShares > 0n) throw new Error('debts and shares go together');
    const owed = sumOf(this.debts.map((shares) => debtOf(shares, borrowed, borrowedShares)));
    const claimed = sumOf(this.claims.map((shares) => claimOf(shares, supplied, suppliedShares)));
    const claimsAll = supplied + this.fees + this.dust - this.badDebt;
    if (this.idle + borrowed !== claimsAll) throw new Error('the asset does not add up');
    if (sumOf(this.debts) !== borrowedShares) throw new Error('debt shares do not add up');
    if (sumOf(this.claims) !== suppliedShares) throw new Error('claim shares do not add up');
    if (borrowed > 0n && borrowedShares === 0n) throw new Error('a debt that nobody owes');
    if (owed < borrowed) throw new Error('less is owed than was lent');
    if (claimed > supplied) throw new Error('more is claimed than there is');
    if (borrowed < 0n || supplied < 0n || this.idle < 0n) throw new Error('a negative total');
  }
}

test('whatever happens in a lending market, debts cover what was lent and claims what is there', () => {
  const seen: Record<string, number> = {};
  for (let seed = 0; seed < 400; seed++) {
    const draw = seeded(1_000 + seed);
    const market = new LendingMarket();
    for (let step = 0; step < 120; step++) {
      market.step(draw);
      market.check();
    }
    for (const [kind, count] of Object.entries(market.seen)) {
      seen[kind] = (seen[kind] ?? 0) + count;
    }
  }
  expect(Object.keys(seen)).toHaveLength(6);
});

test('no sequence of actions makes a share cheaper while its market has any', () => {
  let restarts = 0;
  for (let seed = 0; seed < 400; seed++) {
    const draw = seeded(9_000 + seed);
    const market = new LendingMarket();
    for (let step = 0; step < 120; step++) {
      const { borrowed, borrowedShares, supplied, suppliedShares, seen } = market;
      const losses = seen.lose ?? 0;
      market.step(draw);
      if (market.borrowedShares > 0n && borrowedShares > 0n) {
        expect(market.borrowed * borrowedShares >= borrowed * market.borrowedShares).toBe(true);
      } else if (borrowedShares > 0n) restarts++;
      if ((seen.lose ?? 0) !== losses) continue;
      const now = (market.supplied + 1n) * (suppliedShares + 1_000n);
      expect(now >= (supplied + 1n) * (market.suppliedShares + 1_000n)).toBe(true);
    }
  }
  expect(restarts).toBeGreaterThan(0);
});
