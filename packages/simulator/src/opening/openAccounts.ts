import {
  type Action,
  assetParameters,
  type OpenedCommand,
  SETTLEMENT_ASSET,
} from '@plimsoll/core/schema';
import { assetParameter } from '@plimsoll/core/state';
import type { ScenarioBalance } from '../scenarios/index.ts';
import { AUTHORITIES, type Directory, type DirectoryEntry } from './directory.ts';
import type { Host } from './host.ts';

/** An account to open, with its first deposits. */
export interface NewAccount extends DirectoryEntry {
  readonly balances: readonly ScenarioBalance[];
}

/** Deposits per block of the opening. */
const PER_BLOCK = 5000;

/** Credits what arrives in custody: deposits carry one sequence, on chain 0. */
export class Custodian {
  readonly #host: Host;
  readonly #directory: Directory;
  #sequence = 0;

  constructor(host: Host, directory: Directory) {
    this.#host = host;
    this.#directory = directory;
  }

  /** The number that the next deposit carries. */
  get nextSequence(): number {
    return this.#sequence + 1;
  }

  /** Counts a deposit that a scenario signs. */
  skip(): void {
    this.#sequence += 1;
  }

  /** Goes on from the machine's own count: a refused deposit uses up no number. */
  synchronize(): void {
    this.#sequence = this.#host.machine.state.machine.depositSequences.get(0);
  }

  /** A deposit to an account that exists. */
  deposit(account: number, asset: number, amount: bigint): OpenedCommand {
    return this.#sign({ account, owner: account, asset, amount });
  }

  /** The deposits of new accounts, the first of which opens each; ids go up in this order. */
  open(accounts: readonly NewAccount[]): OpenedCommand[] {
    return accounts.flatMap((account) => this.#open(account));
  }

  #open(entry: NewAccount): OpenedCommand[] {
    const id = this.#directory.add(entry);
    const { state } = this.#host.machine;
    const least = BigInt(assetParameter(state, SETTLEMENT_ASSET, assetParameters.depositMin));
    const wanted = entry.balances
      .filter(({ amount }) => amount > 0n)
      .map(({ asset, amount }) => ({ asset: this.#directory.asset(asset) as number, amount }));
    const first = wanted.findIndex(({ asset, amount }) => asset !== 1 || amount >= least);
    // An account cannot be opened with less than the least deposit; who has less gets that.
    const opening = wanted[first] ?? { asset: SETTLEMENT_ASSET, amount: least };
    const rest = wanted.filter((one, at) => at !== first && (first >= 0 || one.asset !== 1));
    return [
      this.#sign({ account: 0, owner: id, ...opening }),
      ...rest.map(({ asset, amount }) => this.deposit(id, asset, amount)),
    ];
  }

  #sign(credit: {
    readonly account: number;
    readonly owner: number;
    readonly asset: number;
    readonly amount: bigint;
  }): OpenedCommand {
    this.#sequence += 1;
    const action: Action = {
      kind: 'deposit',
      chain: 0,
      sequence: this.#sequence,
      owner: this.#directory.owner(credit.owner),
      account: credit.account,
      asset: credit.asset,
      amount: credit.amount,
    };
    return this.#host.sign(AUTHORITIES.custodian, 0, [action]);
  }
}

/** Splits commands over blocks. */
export function inBlocks(commands: readonly OpenedCommand[]): OpenedCommand[][] {
  const blocks: OpenedCommand[][] = [];
  for (let at = 0; at < commands.length; at += PER_BLOCK) {
    blocks.push(commands.slice(at, at + PER_BLOCK));
  }
  return blocks;
}
