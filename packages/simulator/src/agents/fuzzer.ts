import {
  type Action,
  type Authority,
  type CommandKind,
  commandSchema,
  type OpenedCommand,
} from '@plimsoll/core/schema';
import type { Seed } from '../seed.ts';
import type { World } from '../seeds/world.ts';
import { keyOf } from '../seeds/world.ts';
import { type FuzzSource, fuzzAction } from './fuzzActions.ts';
import { FuzzValues } from './fuzzValues.ts';

export interface FuzzerOptions {
  /** Commands per block, on average. */
  readonly rate: number;
  /** Probability of a senseless value or envelope. */
  readonly hostility: number;
  /** Probability that a command is one of governance. */
  readonly governance: number;
}

/** How often each kind is drawn inside its authority. */
const WEIGHTS: { readonly [K in CommandKind]: number } = {
  deposit: 6,
  withdraw: 8,
  settleWithdrawal: 9,
  transfer: 8,
  supply: 5,
  redeem: 4,
  borrow: 6,
  repay: 5,
  approveAgent: 3,
  revokeAgent: 2,
  setOwnRate: 2,
  placeOrder: 45,
  cancelOrder: 6,
  cancelAll: 3,
  fundPool: 1,
  listAsset: 1,
  listUnderlying: 1,
  listInstrument: 1,
  setPublisher: 2,
  setParameter: 10,
  cancelProposal: 3,
  setMarketState: 2,
  haltMarket: 2,
  limitOutflow: 2,
  disputeIndex: 1,
  resumeMachine: 1,
};

const HISTORY = 64;
const DAY_MS = 86_400_000;

/**
 * Sends every kind of command with sensible and senseless values, under lawful and unlawful
 * envelopes, and sends old commands again. It signs for everybody, as no agent may.
 */
export class Fuzzer {
  readonly #world: World;
  readonly #random: Seed;
  readonly #options: FuzzerOptions;
  readonly #sent: OpenedCommand[] = [];
  /** Agent keys that were approved, or were to be. */
  readonly #keys: { readonly account: number; readonly key: `0x${string}` }[] = [];

  constructor(world: World, random: Seed, options: FuzzerOptions) {
    this.#world = world;
    this.#random = random;
    this.#options = options;
  }

  /** The commands of the next block. */
  act(): OpenedCommand[] {
    const { rate } = this.#options;
    const count = this.#random.integer(0, Math.floor(rate * 2));
    return Array.from({ length: count }, () => this.#command());
  }

  #command(): OpenedCommand {
    const random = this.#random;
    if (this.#sent.length > 0 && random.chance(0.02)) return random.pick(this.#sent);
    const { machine } = this.#world;
    const values = new FuzzValues(random, machine.state, this.#options.hostility);
    const authority = this.#authority();
    const isAuthority = authority !== 'owner' && authority !== 'agent';
    const account = isAuthority ? 0 : values.account();
    const source: FuzzSource = { world: this.#world, values, account };
    const kinds = kindsOf(authority);
    const actions: Action[] = [];
    const length = random.chance(0.8) ? 1 : random.integer(2, 5);
    for (let i = 0; i < length; i++) {
      const kind = kinds[random.pickWeighted(kinds.map((each) => WEIGHTS[each]))] as CommandKind;
      actions.push(fuzzAction(kind, source));
    }
    const command = this.#envelope(authority, account, actions);
    this.#remember(command, actions);
    return command;
  }

  #authority(): Authority {
    const random = this.#random;
    if (random.chance(this.#options.governance)) return random.chance(0.75) ? 'admin' : 'guardian';
    if (random.chance(0.15)) return 'custodian';
    return random.chance(0.2) ? 'owner' : 'agent';
  }

  #envelope(authority: Authority, account: number, actions: readonly Action[]): OpenedCommand {
    const random = this.#random;
    const world = this.#world;
    const isOwners = authority === 'owner' || authority === 'agent';
    const isKnown = account <= world.machine.state.machine.accountCount.get(0);
    const lawful = isOwners
      ? world.sign(account, actions, isKnown ? undefined : keyOf('ee', 1))
      : world.signAs(authority, actions);
    if (isOwners && this.#keys.length > 0 && random.chance(0.12)) {
      const { account: own, key } = random.pick(this.#keys);
      return world.sign(own, actions, key);
    }
    return random.chance(this.#options.hostility) ? this.#spoiled(lawful) : lawful;
  }

  #spoiled(command: OpenedCommand): OpenedCommand {
    const random = this.#random;
    const { timeMs } = this.#world;
    switch (random.integer(0, 8)) {
      case 0:
        return { ...command, signer: keyOf('ee', random.integer(1, 9)) };
      case 1:
        return { ...command, expiresMs: timeMs - random.integer(0, 1000) };
      case 2:
        return { ...command, expiresMs: timeMs + 8 * DAY_MS };
      case 3:
        return { ...command, nonce: timeMs + 3 * DAY_MS };
      case 4:
        return { ...command, nonce: random.integer(0, 100) };
      case 5:
        return { ...command, actions: [] };
      case 6:
        return { ...command, actions: Array(random.integer(33, 40)).fill(command.actions[0]) };
      case 7:
        return spoiledForm(command, random);
      default:
        return { ...command, account: command.account + 100_000 };
    }
  }

  #remember(command: OpenedCommand, actions: readonly Action[]): void {
    if (this.#sent.length >= HISTORY) this.#sent.shift();
    this.#sent.push(command);
    for (const action of actions) {
      if (action.kind !== 'approveAgent') continue;
      if (this.#keys.length >= HISTORY) this.#keys.shift();
      this.#keys.push({ account: command.account, key: action.agent });
    }
  }
}

function kindsOf(authority: Authority): CommandKind[] {
  const kinds = Object.keys(commandSchema) as CommandKind[];
  return kinds.filter((kind) => {
    const wanted: Authority = commandSchema[kind].authority;
    return authority === 'agent' ? wanted === 'agent' || wanted === 'owner' : wanted === authority;
  });
}

/** A command that is not in the canonical form: what a careless host could hand on. */
function spoiledForm(command: OpenedCommand, random: Seed): OpenedCommand {
  const forms: object[] = [
    { ...command, nonce: -1 },
    { ...command, nonce: 0.5 },
    { ...command, extra: 1 },
    { ...command, signer: '0x12' },
    { ...command, actions: [{ kind: 'unknown' }] },
    { ...command, actions: [{ kind: 'cancelAll', instrument: Number.NaN }] },
    { ...command, actions: [{ kind: 'withdraw', asset: 1, amount: 5, chain: 0 }] },
    { ...command, actions: [undefined] },
    { ...command, actions: 'none' },
    { signer: command.signer },
  ];
  return random.pick(forms) as OpenedCommand;
}
