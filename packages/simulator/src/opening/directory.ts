import type { Address } from '@plimsoll/core/schema';
import { OPERATOR, type Scenario, type ScenarioInstrument } from '../scenarios/index.ts';

/** The keys that hold roles. Keys of a simulation are numbers: nothing is signed with them. */
export const AUTHORITIES: Readonly<Record<'admin' | 'guardian' | 'custodian', Address>> = {
  admin: keyOf(1, 0xa),
  guardian: keyOf(2, 0xa),
  custodian: keyOf(3, 0xa),
};

/** A key that nobody else has: `kind` is its first digit. */
function keyOf(number: number, kind: number): Address {
  return `0x${kind.toString(16)}${number.toString(16).padStart(39, '0')}`;
}

/** An account that is to be opened: who it is called, and by whose key it is controlled. */
export interface DirectoryEntry {
  readonly name: string;
  readonly owner: string;
}

/**
 * Names of a scenario and the machine's ids for them. Assets: the settlement asset is 1, then the
 * order of the file; everything else goes by order alone.
 */
export class Directory {
  readonly assets: readonly string[];
  readonly publishers: readonly Address[];
  readonly #assets: ReadonlyMap<string, number>;
  readonly #underlyings: ReadonlyMap<string, number>;
  readonly #instruments: ReadonlyMap<string, number>;
  readonly #listings: readonly ScenarioInstrument[];
  readonly #sources: ReadonlyMap<string, number>;
  readonly #accounts = new Map<string, number>();
  readonly #names: string[] = ['nobody'];
  readonly #owners: Address[] = [keyOf(0, 0)];
  readonly #keys = new Map<string, Address>();

  constructor(scenario: Scenario) {
    const { settlement } = scenario;
    const others = scenario.assets.filter((asset) => asset.name !== settlement.name);
    this.assets = [settlement.name, ...others.map((asset) => asset.name)];
    this.#assets = numbered(this.assets);
    this.#underlyings = numbered(scenario.underlyings.map((one) => one.name));
    this.#instruments = numbered(scenario.instruments.map((one) => one.name));
    this.#listings = scenario.instruments;
    const sources = scenario.publishers.map((one) => one.name);
    this.#sources = new Map(sources.map((name, at) => [name, at]));
    this.publishers = sources.map((_, at) => keyOf(at + 1, 0xc));
  }

  /** Numbers the next account; it has to be the next one that is opened. */
  add(entry: DirectoryEntry): number {
    const account = this.#names.length;
    this.#accounts.set(entry.name, account);
    this.#names.push(entry.name);
    const key = this.#keys.get(entry.owner) ?? keyOf(this.#keys.size + 1, 0xb);
    this.#keys.set(entry.owner, key);
    this.#owners.push(key);
    return account;
  }

  get accountCount(): number {
    return this.#names.length - 1;
  }

  /** The id of a thing, or undefined when there is none of that name. */
  asset(name: string): number | undefined {
    return this.#assets.get(name);
  }

  underlying(name: string): number | undefined {
    return this.#underlyings.get(name);
  }

  instrument(name: string): number | undefined {
    return this.#instruments.get(name);
  }

  account(name: string): number | undefined {
    return name === OPERATOR ? 0 : this.#accounts.get(name);
  }

  /** The number of a publisher at every underlying, from 0. */
  source(name: string): number {
    return this.#sources.get(name) as number;
  }

  /** What the scenario says of an instrument. */
  listing(instrument: number): ScenarioInstrument {
    return this.#listings[instrument - 1] as ScenarioInstrument;
  }

  accountName(account: number): string {
    return this.#names[account] ?? String(account);
  }

  /** Whose key controls the account. */
  owner(account: number): Address {
    return this.#owners[account] as Address;
  }
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, at) => [name, at + 1]));
}
