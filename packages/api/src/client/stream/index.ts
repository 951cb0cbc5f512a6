// The client's WebSocket. Keeps true: a line that breaks comes back; commands on their way are sent
// again unchanged; every reader of a topic gets each message once, in order, with none missing; a
// book whose checksum does not fit is fetched again. Start at connection.ts.
export { type Book, BookKeeper } from './bookKeeper.ts';
export {
  type CancelOnDisconnect,
  type CancelOnDisconnectOptions,
  keepCancelOnDisconnect,
} from './cancelOnDisconnect.ts';
export { Connection, type Socket, type SocketClass } from './connection.ts';
export { commandJson, type Outcome, outcomeOf, Submissions } from './submissions.ts';
export type { Subscription, UpdateOf } from './subscription.ts';
export { Subscriptions } from './subscriptions.ts';
