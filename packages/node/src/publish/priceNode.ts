import type { Network, SignedPrices } from '@plimsoll/api';
import type { PricesReceipt, Problem } from '@plimsoll/api/wire';
import { ProblemError } from '@plimsoll/api/wire';
import { PlimsollError } from '@plimsoll/core/math';
import type { Address } from '@plimsoll/core/schema';

/** The node cannot be reached, or answers like nothing that is a node. */
export class NodeUnreachableError extends PlimsollError {
  constructor(url: string, why: string, cause?: unknown) {
    super({ code: 'NODE_UNREACHABLE', message: `${url} ${why}`, cause });
  }
}

/** One underlying that a key publishes for. */
export interface PublishedUnderlying {
  readonly id: number;
  readonly name: string;
  readonly priceDecimals: number;
  /** The number under which the key is a source of it. */
  readonly source: number;
}

/** What a publisher needs of a node, over HTTP. */
export interface PriceNode {
  network(): Promise<Network>;
  /** Underlyings that `publisher` is a source of, by name. */
  underlyingsOf(publisher: Address): Promise<ReadonlyMap<string, PublishedUnderlying>>;
  /** @throws ProblemError, NodeUnreachableError */
  send(prices: SignedPrices): Promise<PricesReceipt>;
}

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly priceDecimals: number;
}

interface ListedSource {
  readonly source: number;
  readonly publisher: string;
  readonly weight: number;
}

/** A node behind its URL. Every request ends after `timeoutMs`. */
export function priceNode(options: {
  readonly url: string;
  readonly timeoutMs?: number;
}): PriceNode {
  const base = options.url.replace(/\/$/, '');
  const { timeoutMs = 5_000 } = options;
  const ask = (path: string, body?: string): Promise<unknown> =>
    request(`${base}${path}`, { timeoutMs, body });
  return {
    async network() {
      const { network } = (await ask('/v1/network')) as { network: Network };
      const { name, chainId, genesisHash } = network;
      return { name, chainId, genesisHash };
    },
    async underlyingsOf(publisher) {
      const { underlyings } = (await ask('/v1/underlyings')) as { underlyings: Listed[] };
      const found = new Map<string, PublishedUnderlying>();
      for (const { id, name, priceDecimals } of underlyings) {
        const { sources } = (await ask(`/v1/underlyings/${id}`)) as { sources: ListedSource[] };
        const own = sources.find((each) => each.weight > 0 && each.publisher === publisher);
        if (own !== undefined) found.set(name, { id, name, priceDecimals, source: own.source });
      }
      return found;
    },
    async send({ prices, signature }) {
      const records = prices.map((each) => ({
        ...each,
        price: each.price.toString(),
        confidence: each.confidence.toString(),
      }));
      const answer = await ask('/v1/prices', JSON.stringify({ prices: records, signature }));
      return (answer as { receipt: PricesReceipt }).receipt;
    },
  };
}

async function request(
  url: string,
  options: { readonly timeoutMs: number; readonly body: string | undefined },
): Promise<unknown> {
  const { timeoutMs, body } = options;
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
    throw new NodeUnreachableError(url, `cannot be reached: ${reason}`, cause);
  }
  const answer = parsed(text);
  if (status >= 200 && status < 300 && answer !== undefined) return answer;
  if (isProblem(answer)) throw new ProblemError(answer);
  throw new NodeUnreachableError(url, `answered ${status} with something that is no problem`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'code' in value && 'detail' in value;
}
