import {
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  createMachine,
  type Genesis,
  type HashPairs,
  hex,
  type Machine,
  rootNow,
  STATE_VERSION,
} from '@plimsoll/core/machine';
import {
  type Action,
  type Address,
  type Block,
  type CommandResult,
  commandProblem,
  globalParameters,
  type Observation,
  type OpenedCommand,
  observationProblem,
  rejections,
} from '@plimsoll/core/schema';
import { globalParameter } from '@plimsoll/core/state';
import { RunError } from '../errors.ts';

/** What a block was and did, and how long it took. */
export interface AppliedBlock {
  readonly block: Block;
  readonly outcome: BlockOutcome;
  /** One per command that was handed in, also for those that never came into the block. */
  readonly results: readonly CommandResult[];
  readonly tookMs: number;
}

/** What goes into a block. */
export interface BlockBody {
  readonly observations?: readonly Observation[];
  readonly commands?: readonly OpenedCommand[];
}

export interface HostOptions {
  readonly genesis: Genesis;
  readonly hashPairs?: HashPairs | undefined;
  /** Sees every block that was applied. */
  readonly onBlock?: ((applied: AppliedBlock) => void) | undefined;
}

/** How long a signed command is good for, unless the machine takes only shorter ones. */
const LIFETIME_MS = 60_000;

/**
 * What stands around a machine: it makes blocks and keeps the nonces of all keys. Like the ingress
 * of a node it lets nothing into a block that has no canonical bytes; such a command is refused
 * with
 * `malformed` before it gets there, and so every block can be written down and replayed.
 */
export class Host {
  readonly machine: Machine;
  readonly genesisRoot: string;
  readonly #onBlock: ((applied: AppliedBlock) => void) | undefined;
  readonly #nonces = new Map<Address | number, number>();
  #height = 0;
  #timeMs: number;

  constructor(options: HostOptions) {
    const { genesis, hashPairs } = options;
    this.machine = createMachine(genesis, hashPairs === undefined ? {} : { hashPairs });
    this.genesisRoot = hex(rootNow(this.machine).root);
    this.#onBlock = options.onBlock;
    this.#timeMs = genesis.timeMs;
  }

  /** Time of the block that is being made; commands are signed for it. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /** Height of the block that is being made. */
  get height(): number {
    return this.#height + 1;
  }

  /** Begins the next block at a time. */
  begin(timeMs: number): void {
    this.#timeMs = timeMs;
  }

  /** A command of an account, or with account 0 of an authority, with the next nonce of its key. */
  sign(signer: Address, account: number, actions: readonly Action[]): OpenedCommand {
    const key = account === 0 ? signer : account;
    const nonce = (this.#nonces.get(key) ?? 0) + 1;
    this.#nonces.set(key, nonce);
    const longest = globalParameter(this.machine.state, globalParameters.commandLifetimeMs);
    const expiresMs = this.#timeMs + Math.min(LIFETIME_MS, longest);
    return { signer, account, nonce, expiresMs, actions };
  }

  /**
   * Applies the block that was begun. Throws RunError when the machine refuses the block itself.
   */
  apply(body: BlockBody): AppliedBlock {
    const handed = body.commands ?? [];
    const commands = handed.filter((command) => commandProblem(command) === undefined);
    const block: Block = {
      height: this.#height + 1,
      timeMs: this.#timeMs,
      version: STATE_VERSION,
      observations: (body.observations ?? []).filter(
        (one) => observationProblem(one) === undefined,
      ),
      commands,
    };
    const startMs = performance.now();
    const outcome = applyBlock(this.machine, block);
    const tookMs = performance.now() - startMs;
    if (outcome.code !== 0) {
      throw new RunError(`block ${block.height} was refused with ${outcome.code}`, outcome.figures);
    }
    this.#height = block.height;
    const applied = { block, outcome, results: resultsOf(handed, commands, outcome), tookMs };
    this.#onBlock?.(applied);
    return applied;
  }

  /** The chained hash over all blocks. */
  chainHash(): string {
    return hex(chainHashOf(this.machine));
  }
}

const MALFORMED: CommandResult = { code: rejections.malformed.code, actions: [] };

function resultsOf(
  handed: readonly OpenedCommand[],
  sent: readonly OpenedCommand[],
  outcome: BlockOutcome,
): readonly CommandResult[] {
  if (handed.length === sent.length) return outcome.results;
  let next = 0;
  return handed.map((command) =>
    command === sent[next] ? (outcome.results[next++] as CommandResult) : MALFORMED,
  );
}
