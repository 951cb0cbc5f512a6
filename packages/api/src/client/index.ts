// A client of a node, for programs and browsers. Keeps true: decimals become integers exactly; no
// nonce is used twice; a command whose outcome is unknown is never called failed; what this client
// did is in what it reads next; every error is a ClientError with figures and a remedy. Start at
// createClient.ts.

export { InexactDecimalError } from '../units.ts';
export { type Asset, type AssetUnits, assetOf, type Destination } from './asset.ts';
export type { Backoff } from './backoff.ts';
export {
  type CancelOnDisconnectRequest,
  type Client,
  type ClientOptions,
  createClient,
} from './createClient.ts';
export {
  ClientError,
  ClosedError,
  ConnectionError,
  LaggedError,
  OverloadedError,
  ProtocolError,
  RefusedError,
  RequestError,
  RetryableError,
  SigningError,
  TimeoutError,
} from './errors.ts';
export type { Fetch } from './http.ts';
export {
  type LimitRequest,
  type Market,
  type MarketUnits,
  marketOf,
  type OrderRequest,
  type Side,
} from './market.ts';
export type { Read, ReadArguments, ReadName } from './read.ts';
export type {
  Book,
  CancelOnDisconnect,
  CancelOnDisconnectOptions,
  Outcome,
  Socket,
  SocketClass,
  Subscription,
  UpdateOf,
} from './stream/index.ts';
