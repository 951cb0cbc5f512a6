import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { type Address, decodeCommandBody, isMalformed } from '@plimsoll/core/schema';
import type { Logger } from '../logger.ts';
import type { ArrivedCommand, Ingress, Opener } from '../parts.ts';

/** Accounts whose orders one connection may have cancelled at its end. */
const ACCOUNTS_MAX = 16;
const CANCELS: ReadonlySet<string> = new Set(['cancelOrder', 'cancelAll']);

export interface DepositsOptions {
  readonly ingress: Pick<Ingress, 'submit'>;
  readonly opener: Pick<Opener, 'openCommand'>;
  readonly logger: Logger;
}

/**
 * Commands that lie with the node for the end of a connection. They are signed by who sent them and
 * may do nothing but cancel: the node has no key, and nothing here could open or move anything.
 * Spec: stream 7.
 */
export class Deposits {
  readonly #options: DepositsOptions;
  readonly #byAccount = new Map<number, ArrivedCommand>();
  #isEnded = false;

  constructor(options: DepositsOptions) {
    this.#options = options;
  }

  /**
   * Takes the place of the one before of the same account.
   *
   * @returns who signed it.
   * @throws ProblemError `malformed` or `signatureInvalid`.
   */
  async put(command: ArrivedCommand): Promise<Address> {
    const account = accountOf(command);
    if (!this.#byAccount.has(account) && this.#byAccount.size >= ACCOUNTS_MAX) {
      const figures = { accountsMax: ACCOUNTS_MAX };
      const detail = 'A connection keeps cancels for so many accounts and no more.';
      throw new ProblemError(nodeProblem('tooManyRequests', detail, figures));
    }
    const { body, signature, source } = command;
    const { signer } = await this.#options.opener.openCommand(body, signature, source);
    // The connection may have ended meanwhile: then it is due now.
    if (this.#isEnded) await this.#submit(command);
    else this.#byAccount.set(account, command);
    return signer;
  }

  clear(): void {
    this.#byAccount.clear();
  }

  /** The connection has ended: submits them all, and resolves when each has its answer. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const commands = [...this.#byAccount.values()];
    this.#byAccount.clear();
    await Promise.all(commands.map((command) => this.#submit(command)));
  }

  async #submit(command: ArrivedCommand): Promise<void> {
    const { ingress, logger } = this.#options;
    try {
      const { height, isAccepted, digest } = await ingress.submit(command);
      logger.debug({ height, isAccepted, digest }, 'cancelled at the end of a connection');
    } catch (error) {
      const problem = error instanceof ProblemError ? error.problem.name : String(error);
      logger.info({ problem }, 'a cancel for the end of a connection was not taken');
    }
  }
}

function accountOf({ body }: ArrivedCommand): number {
  const command = decodeCommandBody(body);
  if (isMalformed(command)) {
    const detail = `The command ${command.malformed}.`;
    throw new ProblemError(nodeProblem('malformed', detail, { offset: command.offset }));
  }
  const other = command.actions.find((action) => !CANCELS.has(action.kind));
  if (other !== undefined) {
    const detail = 'What lies with the node may hold nothing but cancelOrder and cancelAll.';
    throw new ProblemError(nodeProblem('malformed', detail, { action: other.kind }));
  }
  return command.account;
}
