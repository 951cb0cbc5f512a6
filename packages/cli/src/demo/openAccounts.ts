import { type Client, RefusedError } from '@plimsoll/api/client';
import type { Action, Address } from '@plimsoll/core/schema';
import { SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { KeyPair } from '@plimsoll/node/publish';

/** Somebody who is to have an account. */
export interface Member {
  readonly name: string;
  readonly key: KeyPair;
  /** Units of the settlement asset that the account is opened with. */
  readonly amount: bigint;
}

export interface MemberAccount extends Member {
  readonly account: number;
}

const DEPOSITS_PER_COMMAND = 32;

/** Reports what arrives in custody: every deposit carries the next number of its chain. */
export class Bank {
  readonly #custodian: Client;
  #next = 1;
  /** One command after the other: two at once would carry the same numbers. */
  #last: Promise<void> = Promise.resolve();

  constructor(custodian: Client) {
    this.#custodian = custodian;
  }

  /** Opens the accounts that are not there; those of an earlier start are found by their owner. */
  async open(members: readonly Member[]): Promise<MemberAccount[]> {
    const missing: Member[] = [];
    for (const member of members) {
      if ((await this.#accountOf(member.key.address)) === undefined) missing.push(member);
    }
    await this.#deposit(
      missing.map(({ key, amount }) => ({ owner: key.address, account: 0, amount })),
    );
    const opened: MemberAccount[] = [];
    for (const member of members) {
      const account = await this.#accountOf(member.key.address);
      if (account !== undefined) opened.push({ ...member, account });
    }
    return opened;
  }

  /** Deposits to accounts that exist. */
  credit(members: readonly MemberAccount[]): Promise<void> {
    return this.#deposit(
      members.map(({ key, account, amount }) => ({ owner: key.address, account, amount })),
    );
  }

  close(): void {
    this.#custodian.close();
  }

  async #accountOf(owner: Address): Promise<number | undefined> {
    const { accounts } = await this.#custodian.read('accountsOfOwner', { owner });
    return accounts[0]?.account;
  }

  #deposit(deposits: readonly Deposit[]): Promise<void> {
    const done = this.#last.then(() => this.#depositAll(deposits));
    this.#last = done.catch(() => {});
    return done;
  }

  async #depositAll(deposits: readonly Deposit[]): Promise<void> {
    for (let at = 0; at < deposits.length; at += DEPOSITS_PER_COMMAND) {
      const batch = deposits.slice(at, at + DEPOSITS_PER_COMMAND);
      try {
        await this.#send(batch);
      } catch (error) {
        // Another start has counted on: the machine says which number is next, and took none.
        if (!(error instanceof RefusedError) || error.reason !== 'depositSequence') throw error;
        this.#next = Number(error.figures.next);
        await this.#send(batch);
      }
    }
  }

  async #send(batch: readonly Deposit[]): Promise<void> {
    await this.#custodian.submit(
      batch.map(
        (each, at): Action => ({
          kind: 'deposit',
          chain: 0,
          sequence: this.#next + at,
          asset: SETTLEMENT_ASSET,
          ...each,
        }),
      ),
    );
    this.#next += batch.length;
  }
}

interface Deposit {
  readonly owner: Address;
  readonly account: number;
  readonly amount: bigint;
}
