import type { Duplex } from 'node:stream';
import type { Network } from '@plimsoll/api';
import type { StreamLimits } from '@plimsoll/api/wire';
import type { WebSocket } from 'ws';
import type { DepositBox } from '../deposits/index.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Ingress } from '../parts.ts';
import type { Turns } from '../turns/index.ts';
import type { Hub } from './hub.ts';

/** What all sessions share. */
export interface SessionContext {
  readonly network: Network;
  readonly hub: Hub;
  readonly ingress: Ingress;
  readonly deposits: DepositBox;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Messages are read in these. */
  readonly turns: Turns;
  readonly limits: StreamLimits;
  /** Bytes that may wait for a slow reader. */
  readonly sendBufferBytesMax: number;
  readonly heartbeatMs: number;
  /** Block time of the newest block, milliseconds. */
  readonly timeMs: () => number;
}

/** One accepted connection. */
export interface SessionOptions {
  readonly socket: WebSocket;
  /** What the WebSocket writes to: held while several messages follow each other. */
  readonly wire: Duplex;
  /** The client's address: where much waits, addresses take turns. */
  readonly address: string;
  readonly onEnd: () => void;
}
