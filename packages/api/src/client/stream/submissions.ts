import { encodeCommandBody, encodeJsonAction } from '@plimsoll/core/schema';
import type { SignedCommand } from '../../network.ts';
import { bytesOfHex } from '../../signing/hex.ts';
import {
  type CommandJson,
  encodeSubmitFrame,
  type Problem,
  type Receipt,
  type ServerMessage,
  type SignedBody,
} from '../../wire/index.ts';
import {
  type ClientError,
  ClosedError,
  ConnectionError,
  errorOf,
  RetryableError,
  refusalIn,
  TimeoutError,
} from '../errors.ts';
import type { Connection } from './connection.ts';

/** What became of one command. A refused one has a receipt too when it stands in a block. */
export type Outcome =
  | { readonly isAccepted: true; readonly receipt: Receipt }
  | { readonly isAccepted: false; readonly error: ClientError; readonly receipt?: Receipt };

/** A signed command with its bytes. */
interface Packed extends SignedBody {
  readonly command: SignedCommand;
}

/** Commands of one message that wait for their receipts. */
interface Flight {
  /** Of its last message. */
  id: number;
  readonly commands: readonly Packed[];
  readonly outcomes: (Outcome | undefined)[];
  /** How many have no outcome yet. */
  left: number;
  /** Which commands the last message held, in its order. */
  sent: readonly number[];
  /** Sent again after a break: what is refused now may have been taken before. */
  isResent: boolean;
  /** It is offered again in a moment. */
  isOffering: boolean;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
}

export interface SubmissionsOptions {
  readonly connection: Connection;
  readonly timeoutMs: number;
  readonly withEvents: boolean;
}

/** What a message may hold as long as the node has not said it. */
const NO_LIMITS = { commandsPerMessageMax: 1_000, messageBytesMax: 65_536 };
/** Of a frame, and of each command in it beside its body. */
const HEAD_BYTES = 16;
const COMMAND_BYTES = 69;

/** How long to wait before a command that may have arrived is offered to a busy node again. */
const OFFER_AGAIN_MS = 250;

/**
 * Commands on their way over the WebSocket. When the connection breaks they are sent again, byte
 * for byte, as soon as it is back: the node knows a command by its digest and answers with the same
 * receipt. What has no receipt in time ends in TimeoutError, with the commands in it.
 */
export class Submissions {
  readonly #options: SubmissionsOptions;
  readonly #flights: Map<number, Flight> = new Map();

  constructor(options: SubmissionsOptions) {
    this.#options = options;
    options.connection.listen({
      onOpen: () => this.#sendAgain(),
      onMessage: (message) => this.#heard(message),
    });
  }

  /**
   * One outcome per command, in order. Resolves always.
   *
   * @param isResent whether they may have arrived before.
   */
  async send(commands: readonly SignedCommand[], isResent: boolean): Promise<readonly Outcome[]> {
    const limits = this.#options.connection.welcome?.limits;
    const messages = split(commands.map(packed), limits ?? NO_LIMITS);
    return (await Promise.all(messages.map((each) => this.#fly(each, isResent)))).flat();
  }

  close(): void {
    for (const flight of [...this.#flights.values()]) {
      this.#settle(flight, { isAccepted: false, error: new ClosedError() });
    }
  }

  #fly(commands: readonly Packed[], isResent: boolean): Promise<readonly Outcome[]> {
    return new Promise((resolve) => {
      const flight: Flight = {
        id: 0,
        commands,
        outcomes: commands.map(() => undefined),
        left: commands.length,
        sent: [],
        isResent,
        isOffering: false,
        timer: setTimeout(() => this.#expire(flight), this.#options.timeoutMs),
        resolve,
      };
      this.#transmit(flight);
    });
  }

  #transmit(flight: Flight): void {
    const { connection, withEvents } = this.#options;
    this.#flights.delete(flight.id);
    flight.id = connection.nextId();
    this.#flights.set(flight.id, flight);
    flight.sent = missing(flight);
    const commands = flight.sent.map((at) => flight.commands[at] as Packed);
    connection.send(encodeSubmitFrame({ id: flight.id, withEvents, commands }));
  }

  #sendAgain(): void {
    for (const flight of [...this.#flights.values()]) {
      flight.isResent = true;
      this.#transmit(flight);
    }
  }

  #heard(message: ServerMessage): void {
    if (message.type === 'receipts') {
      for (const answer of message.results) {
        const flight = this.#flights.get(answer.id);
        const at = flight?.sent[answer.at];
        if (flight === undefined || at === undefined) continue;
        if ('receipt' in answer) this.#land(flight, at, outcomeOf(answer.receipt));
        else this.#refused(flight, at, answer.problem);
      }
    } else if (message.type === 'problem' && message.id !== null) {
      const flight = this.#flights.get(message.id);
      if (flight === undefined) return;
      for (const at of missing(flight)) this.#refused(flight, at, message.problem);
    }
  }

  #refused(flight: Flight, at: number, problem: Problem): void {
    const error = errorOf(problem);
    const isUnknown = error instanceof ConnectionError;
    if (isUnknown || (flight.isResent && error instanceof RetryableError)) this.#offerAgain(flight);
    else this.#land(flight, at, { isAccepted: false, error });
  }

  /**
   * Too busy to say; but the first time may have got through, so that this is no answer yet. Once
   * for all commands of a flight.
   */
  #offerAgain(flight: Flight): void {
    flight.isResent = true;
    if (flight.isOffering) return;
    flight.isOffering = true;
    setTimeout(() => {
      flight.isOffering = false;
      if (this.#flights.has(flight.id)) this.#transmit(flight);
    }, OFFER_AGAIN_MS);
  }

  #land(flight: Flight, at: number, outcome: Outcome): void {
    if (flight.outcomes[at] !== undefined) return;
    flight.outcomes[at] = outcome;
    flight.left -= 1;
    if (flight.left === 0) this.#settle(flight, outcome);
  }

  #expire(flight: Flight): void {
    const commands = missing(flight).map((at) => (flight.commands[at] as Packed).command);
    const error = new TimeoutError(this.#options.timeoutMs, commands);
    this.#settle(flight, { isAccepted: false, error });
  }

  /** Ends a flight; `rest` is what became of the commands without an outcome. */
  #settle(flight: Flight, rest: Outcome): void {
    clearTimeout(flight.timer);
    this.#flights.delete(flight.id);
    flight.resolve(flight.outcomes.map((outcome) => outcome ?? rest));
  }
}

/** A receipt as an outcome: accepted means the envelope and every action. */
export function outcomeOf(receipt: Receipt): Outcome {
  const error = refusalIn(receipt);
  return error === undefined
    ? { isAccepted: true, receipt }
    : { isAccepted: false, error, receipt };
}

/** A signed command as JSON, for HTTP and for deposits. */
export function commandJson(command: SignedCommand): CommandJson {
  const { account, nonce, expiresMs, actions, signature } = command;
  return { account, nonce, expiresMs, actions: actions.map(encodeJsonAction), signature };
}

function packed(command: SignedCommand): Packed {
  const { account, nonce, expiresMs, actions, signature } = command;
  const body = encodeCommandBody({ account, nonce, expiresMs, actions });
  return { command, body, signature: bytesOfHex(signature) };
}

/** As many messages as it takes, in order. */
function split(
  commands: readonly Packed[],
  limits: { readonly commandsPerMessageMax: number; readonly messageBytesMax: number },
): readonly (readonly Packed[])[] {
  const messages: Packed[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    const more = COMMAND_BYTES + command.body.length;
    const last = messages.at(-1);
    const isFull = last === undefined || last.length >= limits.commandsPerMessageMax;
    if (isFull || bytes + more > limits.messageBytesMax) {
      messages.push([command]);
      bytes = HEAD_BYTES + more;
    } else {
      last.push(command);
      bytes += more;
    }
  }
  return messages;
}

function missing(flight: Flight): number[] {
  return flight.outcomes.flatMap((outcome, at) => (outcome === undefined ? [at] : []));
}
