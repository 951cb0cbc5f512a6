import { Agent, request } from 'node:http';
import type { Problem, Receipt } from '@plimsoll/api/wire';
import { problemName, receiptName } from './answers.ts';
import type { Sealed, SealedPrices } from './lawful.ts';
import { commandJson, hex, priceJson } from './line.ts';

export interface HttpDoorOptions {
  readonly port: number;
  /** The address that it comes from. */
  readonly from: string;
  /** Connections at once; 8 unless said. */
  readonly socketsMax?: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** HTTP from an address of one's own; status 0: the connection ended without an answer. */
export class HttpDoor {
  readonly #options: HttpDoorOptions;
  readonly #agent: Agent;

  constructor(options: HttpDoorOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.socketsMax ?? 8 });
  }

  ask({ method = 'GET', path, headers = {}, body }: Asking): Promise<HttpReply> {
    const { port, from } = this.#options;
    return new Promise((resolve) => {
      const failed = (): void => resolve({ status: 0, headers: {}, text: '' });
      const sent = request(
        {
          port,
          method,
          path,
          host: '127.0.0.1',
          localAddress: from,
          agent: this.#agent,
          headers: {
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', failed);
          response.on('end', () => {
            const { statusCode = 0, headers: answered } = response;
            resolve({
              status: statusCode,
              headers: answered,
              text: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      sent.on('error', failed);
      sent.end(body);
    });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    return this.ask({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: isRaw ? body : JSON.stringify(body),
    });
  }

  /** `429 tooManyRequests`, `200`, `0`. */
  async answer(asking: Asking): Promise<string> {
    return replyName(await this.ask(asking));
  }

  async submit(sealed: Sealed): Promise<string> {
    return (await this.submitList([sealed]))[0] ?? 'nothing';
  }

  /** Several in one request; how each was answered, or all by the refusal of the whole. */
  async submitList(commands: readonly Sealed[]): Promise<string[]> {
    const reply = await this.post('/v1/commands', { commands: commands.map(commandJson) });
    if (reply.status !== 200) return commands.map(() => commandsRefused(reply));
    const { receipts } = JSON.parse(reply.text) as { receipts: (Receipt | Problem)[] };
    return receipts.map((each) => ('height' in each ? receiptName(each) : problemName(each)));
  }

  async publish({ prices, signature }: SealedPrices): Promise<string> {
    const body = { prices: prices.map(priceJson), signature: hex(signature) };
    const { status, text } = await this.post('/v1/prices', body);
    if (status !== 200) return status === 0 ? 'no answer' : problemName(JSON.parse(text));
    const { receipt } = JSON.parse(text) as { receipt: { prices: (Problem | null)[] } };
    const refused = receipt.prices.find((each) => each !== null);
    return refused === undefined || refused === null ? 'published' : problemName(refused);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** `400 malformed`; `200`; `no answer`. */
export function replyName({ status, text, headers }: HttpReply): string {
  if (status === 0) return 'no answer';
  const isProblem = `${headers['content-type']}`.startsWith('application/problem+json');
  return isProblem ? `${status} ${problemName(JSON.parse(text) as Problem)}` : `${status}`;
}

function commandsRefused(reply: HttpReply): string {
  return reply.status === 0 ? 'no answer' : problemName(JSON.parse(reply.text) as Problem);
}
