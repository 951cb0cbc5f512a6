import {
  applyBlock,
  type BlockOutcome,
  createMachine,
  type Genesis,
  type Machine,
  STATE_VERSION,
} from '@plimsoll/core/machine';
import {
  type Action,
  type Address,
  type Block,
  type Observation,
  type OpenedCommand,
  SETTLEMENT_ASSET,
} from '@plimsoll/core/schema';
import { hashPairsNative } from '@plimsoll/node/hashing';

/** Keys of a world: the authorities, and publishers and owners by number. */
export const ADMIN: Address = keyOf('ad', 1);
export const GUARDIAN: Address = keyOf('9a', 1);
export const CUSTODIAN: Address = keyOf('cd', 1);
const START_MS = 1_700_000_000_000;
/** Longer than most gaps between blocks, shorter than the longest. */
const COMMAND_LIFE_MS = 9_000_000;

export function keyOf(prefix: string, number: number): Address {
  return `0x${prefix}${number.toString(16).padStart(38, '0')}`;
}

export function ownerKey(owner: number): Address {
  return keyOf('0e', owner);
}

export function publisherKey(underlying: number, source: number): Address {
  return keyOf('be', underlying * 256 + source);
}

export type Role = 'admin' | 'guardian' | 'custodian';

const ROLE_KEYS: { readonly [R in Role]: Address } = {
  admin: ADMIN,
  guardian: GUARDIAN,
  custodian: CUSTODIAN,
};

export interface WorldOptions {
  readonly timeMs?: number;
  readonly parameters?: Genesis['parameters'];
  readonly limits?: Genesis['limits'];
}

/**
 * A machine with the hands that feed it: signs for everybody, numbers nonces and deposits, collects
 * observations and commands, and closes blocks. What it cannot do is write to the machine.
 */
export class World {
  readonly machine: Machine;
  /** Told of every block that was applied. */
  readonly witnesses: ((block: Block, outcome: BlockOutcome) => void)[] = [];
  timeMs: number;
  height = 0;
  readonly #nonces = new Map<string, number>();
  readonly #sequences = new Map<number, number>();
  #commands: OpenedCommand[] = [];
  #observations: Observation[] = [];

  constructor(options: WorldOptions = {}) {
    this.timeMs = options.timeMs ?? START_MS;
    this.machine = createMachine(
      {
        timeMs: this.timeMs,
        authorities: { admin: ADMIN, guardian: GUARDIAN, custodian: CUSTODIAN },
        settlement: { name: 'USDC', decimals: 6 },
        ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
        ...(options.limits === undefined ? {} : { limits: options.limits }),
      },
      { hashPairs: hashPairsNative },
    );
  }

  /** A command of an account with the next nonce of this key. */
  sign(account: number, actions: readonly Action[], signer?: Address): OpenedCommand {
    const key = signer ?? this.ownerOf(account);
    const expiresMs = this.timeMs + COMMAND_LIFE_MS;
    return { signer: key, account, nonce: this.#nextNonce(key, account), expiresMs, actions };
  }

  /** A command of an authority. */
  signAs(role: Role, actions: readonly Action[]): OpenedCommand {
    return this.sign(0, actions, ROLE_KEYS[role]);
  }

  /** The owner's key as the machine has it. */
  ownerOf(account: number): Address {
    const { owner } = this.machine.state.accounts;
    let text = '';
    for (let word = 0; word < 5; word++) {
      text += owner
        .get(account * 5 + word)
        .toString(16)
        .padStart(8, '0');
    }
    return `0x${text}`;
  }

  /** A deposit with the next number of its chain; account 0 opens one for the owner. */
  deposit(to: {
    readonly owner: Address;
    readonly account?: number;
    readonly asset?: number;
    readonly amount: bigint;
    readonly chain?: number;
  }): Action {
    const { owner, account = 0, asset = SETTLEMENT_ASSET, amount, chain = 0 } = to;
    const held = this.machine.state.machine.depositSequences.get(chain);
    const sequence = Math.max(held, this.#sequences.get(chain) ?? 0) + 1;
    this.#sequences.set(chain, sequence);
    return { kind: 'deposit', chain, sequence, owner, account, asset, amount };
  }

  send(...commands: OpenedCommand[]): void {
    this.#commands.push(...commands);
  }

  /** Acts of an authority in the next block. */
  govern(role: Role, ...actions: Action[]): void {
    this.send(this.signAs(role, actions));
  }

  /** A source's price in the next block, observed `lagMs` before it. */
  observe(seen: {
    readonly underlying: number;
    readonly source?: number;
    readonly price: number;
    readonly confidence?: number;
    readonly atMs: number;
  }): void {
    const { underlying, source = 0, price, confidence = 0, atMs } = seen;
    const publisher = publisherKey(underlying, source);
    this.#observations.push({
      underlying,
      source,
      publisher,
      price: BigInt(price),
      confidence: BigInt(confidence),
      timeMs: atMs,
    });
  }

  /** An observation as it is given, lawful or not. */
  observeRaw(observation: Observation): void {
    this.#observations.push(observation);
  }

  /** The block that would be made now. */
  nextBlock(elapsedMs: number): Block {
    return {
      height: this.height + 1,
      timeMs: this.timeMs + elapsedMs,
      version: STATE_VERSION,
      observations: this.#observations,
      commands: this.#commands,
    };
  }

  /** Closes the block and applies it. */
  step(elapsedMs: number): BlockOutcome {
    const block = this.nextBlock(elapsedMs);
    this.#commands = [];
    this.#observations = [];
    const outcome = applyBlock(this.machine, block);
    if (outcome.code !== 0) throw new Error(`a lawful block was refused: ${outcome.code}`);
    this.timeMs = block.timeMs;
    this.height = block.height;
    this.#sequences.clear();
    for (const witness of this.witnesses) witness(block, outcome);
    return outcome;
  }

  /** Nonces follow the clock, so that a key approved late starts above what it may have used. */
  #nextNonce(key: Address, account: number): number {
    const name = `${key}/${account}`;
    const nonce = Math.max((this.#nonces.get(name) ?? 0) + 1, this.timeMs);
    this.#nonces.set(name, nonce);
    return nonce;
  }
}
