import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import {
  type Address,
  decodeCommandBody,
  isMalformed,
  type OpenedCommand,
} from '@plimsoll/core/schema';
import type { ArrivedCommand } from '../parts.ts';
import type { DepositBox } from './depositBox.ts';
import { BODY_BYTES_MAX } from './depositRecord.ts';

/** Accounts whose orders one connection may have cancelled at its end. */
const ACCOUNTS_MAX = 16;
const CANCELS: ReadonlySet<string> = new Set(['cancelOrder', 'cancelAll']);

interface Deposit {
  readonly id: number;
  readonly command: ArrivedCommand;
}

/**
 * What one connection has deposited. The commands are signed by who sent them and may do nothing
 * but cancel: the node has no key, and nothing here could open or move anything. Spec: stream 7.
 */
export class Deposits {
  readonly #box: DepositBox;
  readonly #source: string;
  readonly #byAccount = new Map<number, Deposit>();
  #isEnded = false;

  constructor(box: DepositBox, source: string) {
    this.#box = box;
    this.#source = source;
  }

  /**
   * Takes the place of the one before of the same account, when it is on disk. One after the other.
   *
   * @returns who signed it.
   * @throws ProblemError `malformed`, `tooLarge`, `signatureInvalid`, a rejection of the machine,
   * `tooManyRequests` or `overloaded`: the one before is still there.
   */
  async put(arrived: ArrivedCommand): Promise<Address> {
    const command = { ...arrived, source: this.#source };
    const body = readCancels(command);
    const { account } = body;
    const before = this.#byAccount.get(account);
    if (before === undefined && this.#byAccount.size >= ACCOUNTS_MAX) {
      const figures = { accountsMax: ACCOUNTS_MAX };
      const detail = 'A connection keeps cancels for so many accounts and no more.';
      throw new ProblemError(nodeProblem('tooManyRequests', detail, figures));
    }
    const signer = await this.#box.judge(body, command);
    const id = await this.#box.put(account, command, before?.id);
    // The connection may have ended meanwhile: then it is due now.
    if (this.#isEnded) await this.#box.fire(account, id, command);
    else this.#byAccount.set(account, { id, command });
    return signer;
  }

  /** Withdraws all; resolves when none is on disk. */
  async clear(): Promise<void> {
    const all = this.#take();
    await Promise.all(all.map(([account, { id }]) => this.#box.withdraw(account, id)));
  }

  /** The connection has ended: submits them all, and resolves when each has its answer. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const all = this.#take();
    await Promise.all(
      all.map(([account, { id, command }]) => this.#box.fire(account, id, command)),
    );
  }

  #take(): readonly (readonly [number, Deposit])[] {
    const all = [...this.#byAccount];
    this.#byAccount.clear();
    return all;
  }
}

function readCancels({ body }: ArrivedCommand): Omit<OpenedCommand, 'signer'> {
  if (body.length > BODY_BYTES_MAX) {
    const figures = { bytes: body.length, bytesMax: BODY_BYTES_MAX };
    throw new ProblemError(nodeProblem('tooLarge', 'The command is too long to be kept.', figures));
  }
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
  return command;
}
