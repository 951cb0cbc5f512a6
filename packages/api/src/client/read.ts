import { accountRoutes } from '../routes/accountRoutes.ts';
import { chainRoutes } from '../routes/chainRoutes.ts';
import { commandRoutes } from '../routes/commandRoutes.ts';
import type { RouteArguments, RouteName, RouteResponse, RouteRow } from '../routes/index.ts';
import { marketRoutes } from '../routes/marketRoutes.ts';
import { type Backoff, waitBefore } from './backoff.ts';
import { RetryableError } from './errors.ts';
import { type Http, type HttpRequest, requestJson } from './http.ts';

// Not the door of routes: it builds schemas, which a page need not load.
const rows: { readonly [R in RouteName]: RouteRow } = {
  ...marketRoutes,
  ...accountRoutes,
  ...chainRoutes,
  ...commandRoutes,
};

/** Questions; commands and prices are for `submit` and for publishers. */
export type ReadName = Exclude<RouteName, 'submitCommand' | 'submitPrices'>;

type Part<A, P extends string> = A extends { readonly [K in P]?: infer V }
  ? [NonNullable<V>] extends [never]
    ? unknown
    : NonNullable<V>
  : unknown;

/** What a route asks for, of its path, its query and its body, in one record. */
export type ReadArguments<R extends ReadName> = Part<RouteArguments<R>, 'params'> &
  Part<RouteArguments<R>, 'query'> &
  Part<RouteArguments<R>, 'body'>;

type Given<R extends ReadName> =
  object extends ReadArguments<R> ? [question?: ReadArguments<R>] : [question: ReadArguments<R>];

/** Asks a question by the name of its route. What it answers is typed by the table of routes. */
export type Read = <R extends ReadName>(route: R, ...given: Given<R>) => Promise<RouteResponse<R>>;

type Question = Readonly<Record<string, unknown>>;

/** How often a question is asked when the node cannot answer at once. */
const ATTEMPTS_MAX = 4;

/**
 * @param minHeight the height that answers must have reached: what this client did is in them.
 */
export function createRead(http: Http, backoff: Backoff, minHeight: () => number): Read {
  return async <R extends ReadName>(route: R, ...given: Given<R>) => {
    const row = rows[route];
    const [question] = given as readonly unknown[];
    const least = row.servedBy === 'replica' && minHeight() > 0 ? { minHeight: minHeight() } : {};
    const answer = await ask(
      http,
      backoff,
      requestOf(row, { ...least, ...(question as Question) }),
    );
    // The table says what each route answers; the node keeps to it.
    return answer as RouteResponse<R>;
  };
}

/** Asking changes nothing, so it can be asked again. */
async function ask(http: Http, backoff: Backoff, request: HttpRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await requestJson(http, request);
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt === ATTEMPTS_MAX) throw error;
      const waitMs = Math.max(error.retryAfterMs, waitBefore(attempt, backoff, Math.random()));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Path, query and body of a question, as the row of its route says. */
export function requestOf(row: RouteRow, question: Question): HttpRequest {
  const rest = new Map(Object.entries(question).filter(([, value]) => value !== undefined));
  const path = row.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  const named = ['minHeight', ...Object.keys(row.query ?? {}).map((name) => name.replace('?', ''))];
  const query = named.flatMap((name) => {
    const value = rest.get(name);
    rest.delete(name);
    return value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`];
  });
  return {
    method: row.method,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    ...(row.body === undefined ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }),
  };
}
