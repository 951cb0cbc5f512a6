// The routes of HTTP: one table says what can be asked, with what, and what comes back; paths,
// checks, OpenAPI, the client's types and the page of the specification follow from it. Keeps true:
// a route without a view does not start, and a view without a route does not compile. Start at
// marketRoutes.ts, then shape.ts for how a field is written.
export { actionFieldDoc } from './actionDocs.ts';
export { eventFields } from './eventFields.ts';
export {
  type AnswerOf,
  type AnswerStamp,
  queryBounds,
  type ReplicaRoute,
  type Route,
  type RouteArguments,
  type RouteName,
  type RouteResponse,
  type RouteRow,
  routes,
  routeTable,
} from './route.ts';
export { valueSchema } from './schemaOf.ts';
export {
  type Bounds,
  type Fields,
  type FieldsOf,
  isBounds,
  type Scalars,
  type Shape,
  type ValueOf,
} from './shape.ts';
export { shapes } from './shapes.ts';
