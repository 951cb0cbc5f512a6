import type { Problem } from '../wire/index.ts';
import { ConnectionError, errorOf, ProtocolError, TimeoutError } from './errors.ts';

/** The part of the standard `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

/** How a client reaches its node over HTTP. */
export interface Http {
  /** Without a slash at the end. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: string;
}

/**
 * One request, one JSON answer.
 *
 * @throws ClientError of the kind that the answer's problem says; ConnectionError, TimeoutError.
 */
export async function requestJson(http: Http, request: HttpRequest): Promise<unknown> {
  const { status, text, retryAfterMs } = await send(http, request);
  const body = parse(text, `${request.method} ${request.path}`, status);
  if (status >= 200 && status < 300) return body;
  if (isProblem(body)) throw errorOf(body, retryAfterMs);
  throw new ProtocolError({
    code: 'HTTP_STATUS',
    message: `${request.method} ${request.path} was answered with ${status} and no problem details`,
    remedy: 'check that the address is that of a node',
    figures: { status },
  });
}

async function send(
  http: Http,
  request: HttpRequest,
): Promise<{ status: number; text: string; retryAfterMs: number }> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), http.timeoutMs);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await http.fetch(`${http.url}${request.path}`, {
      method: request.method,
      headers,
      signal: controller.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await response.text();
    const retryAfter = Number(response.headers.get('retry-after') ?? 0);
    const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : 0;
    return { status: response.status, text, retryAfterMs };
  } catch (cause) {
    if (controller.signal.aborted) throw new TimeoutError(http.timeoutMs);
    throw new ConnectionError({
      code: 'NODE_UNREACHABLE',
      message: `no answer from ${http.url}`,
      remedy: 'check the address, and that a node runs there',
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

function parse(text: string, what: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError({
      code: 'ANSWER_MALFORMED',
      message: `${what} was answered with something that is not JSON`,
      remedy: 'check that the address is that of a node',
      figures: { status },
      cause,
    });
  }
}

/** Whether a value is problem details as a node sends them. */
export function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { name, code, detail } = value as Partial<Problem>;
  return typeof name === 'string' && typeof code === 'number' && typeof detail === 'string';
}
