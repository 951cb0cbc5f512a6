import type { TSchema } from 'typebox';
import { accountRoutes } from './accountRoutes.ts';
import { chainRoutes } from './chainRoutes.ts';
import { commandRoutes } from './commandRoutes.ts';
import { marketRoutes } from './marketRoutes.ts';
import { answerSchema, fieldsSchema, querySchema, valueSchema } from './schemaOf.ts';
import {
  type Bounds,
  type Fields,
  type FieldsOf,
  isBounds,
  type Shape,
  type ValueOf,
} from './shape.ts';
import { shapes } from './shapes.ts';

type RouteTable = typeof marketRoutes &
  typeof accountRoutes &
  typeof chainRoutes &
  typeof commandRoutes;

/** The one table of routes. A question more is one row here and one view in the node. */
export const routeTable: RouteTable = {
  ...marketRoutes,
  ...accountRoutes,
  ...chainRoutes,
  ...commandRoutes,
};

export type RouteName = keyof RouteTable;

/** A row as data. */
export interface RouteRow {
  readonly method: 'GET' | 'POST';
  /** With `:name` where a parameter stands. */
  readonly path: string;
  readonly tag: string;
  readonly servedBy: 'replica' | 'node';
  readonly doc: string;
  readonly params?: Fields;
  readonly query?: Fields;
  readonly body?: Shape;
  readonly response: Fields;
}

/** A route with TypeBox schemas of everything that goes in and comes out. */
export interface Route {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly tag: string;
  readonly servedBy: 'replica' | 'node';
  readonly doc: string;
  readonly params?: TSchema;
  /** Present for every route of the replica: `minHeight` can always be asked. */
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly response: TSchema;
}

/** The routes by name, with their schemas. */
export const routes: { readonly [R in RouteName]: Route } = routesOf();

/**
 * The bounds of an integer in the query of a route.
 *
 * @throws RangeError when the table has none.
 */
export function queryBounds(route: string, name: string): Bounds {
  const rows: Readonly<Record<string, RouteRow>> = routeTable;
  const query = Object.hasOwn(rows, route) ? rows[route]?.query : undefined;
  const shape = query?.[`${name}?`] ?? query?.[name];
  const named: Shape | undefined =
    typeof shape === 'string' ? shapes[shape as keyof typeof shapes] : shape;
  if (named !== undefined && isBounds(named)) return named;
  throw new RangeError(`${route} has no integer with bounds called ${name} in its query`);
}

function routesOf(): { readonly [R in RouteName]: Route } {
  const rows: readonly (readonly [string, RouteRow])[] = Object.entries(routeTable);
  const built = rows.map(([name, row]) => [name, routeOf(name as RouteName, row)]);
  return Object.fromEntries(built) as { readonly [R in RouteName]: Route };
}

function routeOf(name: RouteName, row: RouteRow): Route {
  const { method, path, tag, servedBy, doc } = row;
  const isRead = servedBy === 'replica';
  return {
    name,
    method,
    path,
    tag,
    servedBy,
    doc,
    ...(row.params === undefined ? {} : { params: fieldsSchema(row.params) }),
    ...(isRead ? { query: querySchema(row.query ?? {}) } : {}),
    ...(row.body === undefined ? {} : { body: valueSchema(row.body) }),
    response: isRead ? answerSchema(row.response) : fieldsSchema(row.response),
  };
}

/** With what every answer of the replica begins. */
export interface AnswerStamp {
  /** Height of the block after which the answer is true. */
  readonly height: number;
  /** Its block time, milliseconds since 1970. */
  readonly timeMs: number;
}

type Part<Row, P extends string> = P extends keyof Row ? FieldsOf<Row[P]> : unknown;

/** `minHeight`: the answer is of that height or a later one. */
interface ReadQuery {
  readonly minHeight?: number;
}

type QueryOf<Row> = Row extends { readonly query: infer Q } ? FieldsOf<Q> & ReadQuery : ReadQuery;
type ParamsPart<Row> = Row extends { readonly params: infer P }
  ? { readonly params: FieldsOf<P> }
  : { readonly params?: undefined };
type BodyPart<Row> = Row extends { readonly body: infer B }
  ? { readonly body: ValueOf<B> }
  : { readonly body?: undefined };
type QueryPart<Row> =
  object extends QueryOf<Row>
    ? { readonly query?: QueryOf<Row> | undefined }
    : { readonly query: QueryOf<Row> };

/** What a request to a route says. */
export type RouteArguments<R extends RouteName> = ParamsPart<RouteTable[R]> &
  QueryPart<RouteTable[R]> &
  BodyPart<RouteTable[R]>;

/** The routes that the replica answers. */
export type ReplicaRoute = {
  [R in RouteName]: RouteTable[R]['servedBy'] extends 'replica' ? R : never;
}[RouteName];

/** The body of a route's answer, without height and time. */
export type AnswerOf<R extends RouteName> = Part<RouteTable[R], 'response'>;

/** The body of a route's answer. */
export type RouteResponse<R extends RouteName> = RouteTable[R]['servedBy'] extends 'replica'
  ? AnswerStamp & Part<RouteTable[R], 'response'>
  : Part<RouteTable[R], 'response'>;
