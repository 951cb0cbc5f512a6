import type { Problem, Receipt } from '@plimsoll/api/wire';

/** A message of receipts is sent when it is so long, or at the end of the turn. */
const TEXT_MAX = 131_072;

/** Where a command stands in what its client sent. */
export interface CommandPlace {
  readonly id: number;
  readonly at: number;
}

export interface AnswersOptions {
  /** Characters of one message, more or less. */
  readonly textMax?: number;
  send(text: string): void;
}

/**
 * Gathers what became of the commands of a connection: all that one block decided are answered in
 * the same turn of the event loop, and go out as one message. Spec: stream 3.5.
 */
export class Answers {
  readonly #options: AnswersOptions;
  #results: string[] = [];
  #length = 0;
  #isScheduled = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  receipt(place: CommandPlace, receipt: Receipt): void {
    this.#add(`{"id":${place.id},"at":${place.at},"receipt":${receiptJson(receipt)}}`);
  }

  problem(place: CommandPlace, problem: Problem): void {
    this.#add(`{"id":${place.id},"at":${place.at},"problem":${JSON.stringify(problem)}}`);
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#results.length === 0) return;
    const text = `{"type":"receipts","results":[${this.#results.join(',')}]}`;
    this.#results = [];
    this.#length = 0;
    this.#options.send(text);
  }

  #add(result: string): void {
    this.#results.push(result);
    this.#length += result.length;
    if (this.#length > (this.#options.textMax ?? TEXT_MAX)) this.flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}

/** As JSON.stringify writes it; the receipts of most commands have nothing that needs it. */
export function receiptJson(receipt: Receipt): string {
  const { digest, signer, height, index, timeMs, isAccepted, refusal, actions, events } = receipt;
  const place = `"height":${height},"index":${index},"timeMs":${timeMs}`;
  const head = `{"digest":"${digest}","signer":"${signer}",${place},"isAccepted":${isAccepted}`;
  const why = refusal === undefined ? '' : `,"refusal":${JSON.stringify(refusal)}`;
  const what = isAccepted ? nulls(actions.length) : JSON.stringify(actions);
  const did = events === undefined ? '' : `,"events":${JSON.stringify(events)}`;
  return `${head}${why},"actions":${what}${did}}`;
}

const NULLS: readonly string[] = Array.from(
  { length: 33 },
  (_, count) => `[${Array.from({ length: count }, () => 'null').join(',')}]`,
);

function nulls(count: number): string {
  return NULLS[count] ?? JSON.stringify(Array.from({ length: count }, () => null));
}
