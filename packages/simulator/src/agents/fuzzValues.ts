import { balanceAmount } from '@plimsoll/core/ledger';
import type { Address } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Seed } from '../seed.ts';
import { keyOf } from '../seeds/world.ts';

const U32_MAX = 4_294_967_295;
const I64_MAX = 9_223_372_036_854_775_807n;
/** Values at the edges of what fields hold. */
const EDGES: readonly number[] = [0, 1, 2, 255, 2_147_483_647, 2_147_483_648, U32_MAX];
const AMOUNT_EDGES: readonly bigint[] = [0n, 1n, 2n, 9_007_199_254_740_991n, I64_MAX];

/**
 * Values for the fields of random commands: mostly what makes sense, sometimes what must not pass.
 */
export class FuzzValues {
  readonly random: Seed;
  readonly state: State;
  readonly timeMs: number;
  /** Probability of a senseless value. */
  readonly hostility: number;

  constructor(random: Seed, state: State, hostility: number) {
    this.random = random;
    this.state = state;
    this.timeMs = state.machine.timeMs.get(0);
    this.hostility = hostility;
  }

  isHostile(): boolean {
    return this.random.chance(this.hostility);
  }

  /** A number of 32 bits: the lawful one, or an edge. */
  u32(lawful: number): number {
    return this.isHostile() ? this.random.pick(EDGES) : lawful;
  }

  u53(lawful: number): number {
    if (!this.isHostile()) return lawful;
    return this.random.pick([0, 1, Number.MAX_SAFE_INTEGER, this.timeMs, U32_MAX]);
  }

  account(): number {
    return this.id(this.state.machine.accountCount.get(0));
  }

  asset(): number {
    return this.id(this.state.machine.assetCount.get(0));
  }

  underlying(): number {
    return this.id(this.state.machine.underlyingCount.get(0));
  }

  instrument(): number {
    return this.id(this.state.machine.instrumentCount.get(0));
  }

  /** A part of what is there, all of it, a unit more, or an edge. */
  amount(of: bigint): bigint {
    if (this.isHostile()) return this.random.pick(AMOUNT_EDGES);
    const dice = this.random.uniform();
    if (dice < 0.1) return of;
    if (dice < 0.15) return of + 1n;
    const part = (of * BigInt(this.random.integer(1, 1000))) / 2000n;
    return part < 1n ? 1n : part;
  }

  held(account: number, asset: number): bigint {
    return this.isKnown(account) ? balanceAmount(this.state, account, asset) : 0n;
  }

  isKnown(account: number): boolean {
    return account >= 1 && account <= this.state.machine.accountCount.get(0);
  }

  /** A time from a little before now to `aheadMs` after it. */
  time(aheadMs: number): number {
    return this.u53(this.timeMs + Math.floor(this.random.between(-0.05, 1) * aheadMs));
  }

  address(): Address {
    return this.random.chance(0.1)
      ? `0x${'0'.repeat(40)}`
      : keyOf('f0', this.random.integer(1, 1000));
  }

  name(prefix: string): string {
    const name = `${prefix}${this.random.integer(1, 99)}`;
    return this.isHostile() ? `${name} ~` : name;
  }

  private id(count: number): number {
    if (this.isHostile()) return this.random.pick([0, count + 1, U32_MAX]);
    return this.random.integer(1, Math.max(1, count));
  }
}
