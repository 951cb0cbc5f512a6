import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { Address, OpenedCommand } from '@plimsoll/core/schema';
import type { Logger } from '../logger.ts';
import type { ArrivedCommand, Ingress, Opener } from '../parts.ts';
import type { DepositJournal } from './depositJournal.ts';
import { Deposits } from './deposits.ts';

export interface DepositBoxOptions {
  readonly journal: DepositJournal;
  readonly ingress: Pick<Ingress, 'submit'>;
  readonly opener: Pick<Opener, 'openCommand'>;
  /** Why the machine would not take the command now; undefined when it would. */
  readonly judge: (command: OpenedCommand) => Problem | undefined;
  readonly logger: Logger;
  /** Wait before a cancel that met a busy node is tried again, milliseconds; 100 unless said. */
  readonly retryMs?: number;
}

/** Deposits of one account, on all connections, and those that have no answer yet. */
const PER_ACCOUNT_MAX = 64;
/** Left deposits that are submitted at once; those that are tried again are not waited for. */
const AT_ONCE = 1_000;
/** A node that starts waits so long for the cancels of before. */
const LEFT_MS = 10_000;
const RETRY_MS = 100;
const RETRY_MS_MAX = 5_000;

/** What became of a cancel; `kept`: it lies on disk for the next start. */
type Fired = 'accepted' | 'refused' | 'kept';

/**
 * All that lies with the node. A deposit leaves it when it is withdrawn, or has its answer after
 * the end of its connection: until then it is on disk, and a process that starts submits what it
 * finds there. Spec: stream 7.
 */
export class DepositBox {
  readonly #options: DepositBoxOptions;
  readonly #perAccount = new Map<number, Set<number>>();
  readonly #hurried: Promise<void>;
  #hurry: () => void = () => {};
  #isHurried = false;

  constructor(options: DepositBoxOptions) {
    this.#options = options;
    this.#hurried = new Promise((resolve) => {
      this.#hurry = resolve;
    });
  }

  /** How many lie here, those that wait for their answer included. */
  get count(): number {
    return this.#options.journal.count;
  }

  /** @param source the address at the other end. */
  connection(source: string): Deposits {
    return new Deposits(this, source);
  }

  /**
   * Who signed, if the machine would take it now.
   *
   * @throws ProblemError `signatureInvalid`, or the rejection.
   */
  async judge(body: Omit<OpenedCommand, 'signer'>, command: ArrivedCommand): Promise<Address> {
    const { opener, judge } = this.#options;
    const { signer } = await opener.openCommand(command.body, command.signature, command.source);
    const problem = judge({ ...body, signer });
    if (problem !== undefined) throw new ProblemError(problem);
    return signer;
  }

  /**
   * Resolves when the deposit is on disk. `id`: in the place of that one.
   *
   * @returns its id.
   * @throws ProblemError `tooManyRequests`, `overloaded`.
   */
  async put(account: number, command: ArrivedCommand, id?: number): Promise<number> {
    const { journal } = this.#options;
    if (id !== undefined) {
      await journal.put(id, command);
      this.#count(account, id);
      return id;
    }
    const count = this.#perAccount.get(account)?.size ?? 0;
    if (count >= PER_ACCOUNT_MAX) throw new ProblemError(tooMany());
    const made = journal.nextId();
    this.#count(account, made);
    try {
      await journal.put(made, command);
      return made;
    } catch (error) {
      this.#forget(account, made);
      throw error;
    }
  }

  /** Resolves when the deposit is gone from the disk. */
  async withdraw(account: number, id: number): Promise<void> {
    this.#forget(account, id);
    await this.#options.journal.remove(id);
  }

  /**
   * Its connection has ended: resolves when it has its answer, or the node stops. It counts until
   * then: who comes and goes while the door is shut does not pile them up.
   */
  async fire(account: number, id: number, command: ArrivedCommand): Promise<void> {
    await this.#fire(id, command);
    this.#forget(account, id);
  }

  /**
   * Submits what a process before this one left: all its connections have ended. Resolves when all
   * have their answers, after ten seconds at the latest; the others follow.
   */
  async fireLeft(left: ReadonlyMap<number, ArrivedCommand>): Promise<void> {
    if (left.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LEFT_MS);
    });
    await Promise.race([this.#fireLeft([...left]), late]);
    clearTimeout(timer);
  }

  async #fireLeft(left: readonly (readonly [number, ArrivedCommand])[]): Promise<void> {
    const counts = { accepted: 0, refused: 0, kept: 0 };
    const fired: Promise<Fired>[] = [];
    for (let at = 0; at < left.length; at += AT_ONCE) {
      const tries = left.slice(at, at + AT_ONCE).map(
        ([id, command]) =>
          new Promise<void>((onTried) => {
            fired.push(this.#fire(id, command, onTried));
          }),
      );
      await Promise.all(tries);
    }
    for (const became of await Promise.all(fired)) counts[became] += 1;
    this.#options.logger.info(counts, 'cancels that connections before the start had deposited');
  }

  /** The node stops: what meets a busy node now is not tried again, but lies there for the next. */
  hurry(): void {
    this.#isHurried = true;
    this.#hurry();
  }

  /** What was begun is brought to disk. */
  async close(): Promise<void> {
    this.hurry();
    await this.#options.journal.close();
  }

  /** @param onTried called after the first try. */
  async #fire(id: number, command: ArrivedCommand, onTried?: () => void): Promise<Fired> {
    const { ingress, logger, journal, retryMs = RETRY_MS } = this.#options;
    for (let waitMs = retryMs; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
      const became: unknown = await ingress.submit(command).catch((error: unknown) => error);
      onTried?.();
      if (!(became instanceof Error)) {
        logger.debug({ receipt: became }, 'cancelled at the end of a connection');
        this.#gone(journal.remove(id));
        return 'accepted';
      }
      if (!(became instanceof ProblemError)) {
        logger.error({ err: became }, 'a cancel for the end of a connection failed');
        return 'kept';
      }
      if (!isPassing(became)) {
        logger.debug({ err: became }, 'a cancel for the end of a connection was refused');
        this.#gone(journal.remove(id));
        return 'refused';
      }
      if (this.#isHurried) return 'kept';
      await this.#pause(waitMs);
    }
  }

  /** Nobody waits for it; what is not gone is submitted again, and has the answer of this time. */
  #gone(removed: Promise<void>): void {
    removed.catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'a deposit that was used is still on disk');
    });
  }

  async #pause(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([waited, this.#hurried]);
    clearTimeout(timer);
  }

  /** Once, however often one takes the place of another. */
  #count(account: number, id: number): void {
    const ids = this.#perAccount.get(account);
    if (ids === undefined) this.#perAccount.set(account, new Set([id]));
    else ids.add(id);
  }

  #forget(account: number, id: number): void {
    const ids = this.#perAccount.get(account);
    ids?.delete(id);
    if (ids?.size === 0) this.#perAccount.delete(account);
  }
}

/** Whether the same command may be taken a moment later. It ends: commands expire. */
function isPassing({ problem }: ProblemError): boolean {
  return problem.isRetryable || problem.name === 'quotaExceeded';
}

function tooMany(): Problem {
  const detail = 'The node keeps so many deposits of an account and no more.';
  return nodeProblem('tooManyRequests', detail, { perAccountMax: PER_ACCOUNT_MAX });
}
