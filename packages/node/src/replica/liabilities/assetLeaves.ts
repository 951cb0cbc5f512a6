/** Words of the sums of a leaf: claims and debts, 4 words each, lowest first. */
const SUM_WORDS = 8;

/** The leaves of one asset, ascending by account: those that claim or owe something. */
export class AssetLeaves {
  accounts: Int32Array = new Int32Array(64);
  sums: Uint32Array = new Uint32Array(64 * SUM_WORDS);
  count = 0;

  /** Amounts from 0 to 2^64 − 1. Nothing at all is no leaf. */
  add(account: number, claims: bigint, debts: bigint): void {
    if (claims === 0n && debts === 0n) return;
    const at = this.#next(account);
    this.#put(at, claims);
    this.#put(at + 4, debts);
  }

  /** A claim by halves: most balances were never lent and owe nothing, and bigints are dear. */
  addHalves(account: number, low: number, high: number): void {
    if (low === 0 && high === 0) return;
    const at = this.#next(account);
    this.sums[at] = low;
    this.sums[at + 1] = high;
  }

  #put(at: number, amount: bigint): void {
    this.sums[at] = Number(BigInt.asUintN(32, amount));
    this.sums[at + 1] = Number(BigInt.asUintN(32, amount >> 32n));
  }

  #next(account: number): number {
    if (this.count === this.accounts.length) {
      const accounts = new Int32Array(this.count * 2);
      accounts.set(this.accounts);
      this.accounts = accounts;
      const sums = new Uint32Array(this.count * 2 * SUM_WORDS);
      sums.set(this.sums);
      this.sums = sums;
    }
    this.accounts[this.count] = account;
    return this.count++ * SUM_WORDS;
  }
}
