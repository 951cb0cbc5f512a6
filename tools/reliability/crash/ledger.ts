import { type Hex, type Network, type SignedCommand, typedDataTarget } from '@plimsoll/api';
import { createDigester, type Digester, hexOfBytes, signCommand } from '@plimsoll/api/signing';
import type { PricesReceipt, Problem, Receipt } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import type { LoadReport, RefusedCommand } from './messages.ts';

/** A command with the name that it has for ever. */
export interface Named {
  readonly digest: Hex;
  readonly command: SignedCommand;
}

/** After this answer nobody knows whether the command was executed. */
const UNKNOWN: ReadonlySet<string> = new Set(['unsettled', 'internal']);

/** What a client process signed, and what it was told about it. */
export class Ledger {
  readonly #network: Network;
  readonly #digester: Digester;
  readonly #nonces: Map<Hex, number> = new Map();
  readonly #waiting: Map<Hex, Named> = new Map();
  readonly #places: Map<Hex, string> = new Map();
  #sent = 0;
  #receipts: Receipt[] = [];
  #prices: PricesReceipt[] = [];
  #refused: RefusedCommand[] = [];
  #contradictions: string[] = [];

  constructor(network: Network) {
    this.#network = network;
    this.#digester = createDigester(typedDataTarget(network));
  }

  get network(): Network {
    return this.#network;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Nonces are the clock, and rise where a key signs faster than it ticks. */
  sign(
    of: { readonly key: Hex; readonly account: number; readonly lifetimeMs: number },
    actions: readonly Action[],
  ): Named {
    const { key, account, lifetimeMs } = of;
    const nonce = Math.max((this.#nonces.get(key) ?? 0) + 1, Date.now());
    this.#nonces.set(key, nonce);
    const unsigned = { account, nonce, expiresMs: Date.now() + lifetimeMs, actions };
    return this.name(signCommand(unsigned, this.#network, key));
  }

  name(command: SignedCommand): Named {
    return { digest: hexOfBytes(this.#digester.command(command)), command };
  }

  /** Before it goes out: what is sent and not answered is in doubt. */
  send(named: Named): Named {
    this.#sent++;
    this.#waiting.set(named.digest, named);
    return named;
  }

  answer(digest: Hex, answer: Receipt | Problem): void {
    if ('height' in answer) this.#acknowledge(digest, answer);
    else if (!UNKNOWN.has(answer.name) && this.#waiting.delete(digest)) {
      this.#refused.push({ digest, name: answer.name });
    }
  }

  answerPrices(receipt: PricesReceipt): void {
    this.#prices.push(receipt);
  }

  /** All since the last report; what is in doubt is handed over. */
  report(): { readonly report: LoadReport; readonly doubts: readonly Named[] } {
    const doubts = [...this.#waiting.values()];
    const report: LoadReport = {
      sent: this.#sent,
      receipts: this.#receipts,
      prices: this.#prices,
      refused: this.#refused,
      doubts: doubts.map(({ digest }) => digest),
      contradictions: this.#contradictions,
    };
    this.#waiting.clear();
    this.#places.clear();
    this.#sent = 0;
    this.#receipts = [];
    this.#prices = [];
    this.#refused = [];
    this.#contradictions = [];
    return { report, doubts };
  }

  #acknowledge(digest: Hex, receipt: Receipt): void {
    const place = `${receipt.height}.${receipt.index}`;
    const other = this.#places.get(digest);
    if (other !== undefined && other !== place) {
      this.#contradictions.push(`twice: ${digest} was answered with ${other} and ${place}`);
    }
    if (receipt.digest !== digest) {
      this.#contradictions.push(`the answer to ${digest} is about ${receipt.digest}`);
    }
    if (other !== undefined) return;
    this.#places.set(digest, place);
    this.#waiting.delete(digest);
    this.#receipts.push(receipt);
  }
}
