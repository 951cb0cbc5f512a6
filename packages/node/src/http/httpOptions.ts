import type { Server } from 'node:http';
import type { NodeConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Ingress, NodeStatus, Replica } from '../parts.ts';
import type { Turns } from '../turns/index.ts';

/** How long a client may take; a test takes less. */
export interface HttpTimeouts {
  /** The headers of a request. */
  readonly headersMs: number;
  /** A whole request. */
  readonly requestMs: number;
  /** Our own answer; after it the client is told to come again. */
  readonly answerMs: number;
  /** A connection without a request. */
  readonly idleMs: number;
  /** How often the above are looked at. */
  readonly checkMs: number;
  /** Requests that are under way when the node stops. */
  readonly closeMs: number;
}

export const httpTimeouts: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  answerMs: 30_000,
  idleMs: 65_000,
  checkMs: 2_000,
  closeMs: 5_000,
};

export interface HttpOptions {
  readonly config: NodeConfig;
  readonly replica: Pick<Replica, 'ask'>;
  readonly ingress: Ingress;
  readonly status: () => NodeStatus;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Bodies are read in these; turns of its own if absent. */
  readonly turns?: Turns;
  /** Called before it listens: where the stream takes its upgrades. */
  readonly attach?: (server: Server) => void;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** What the limit of requests is counted by, milliseconds; the steady clock unless said. */
  readonly steadyMs?: () => number;
}

/** A listening HTTP server. */
export interface Http {
  /** `http://host:port`, with the port that was found. */
  readonly url: string;
  readonly server: Server;
  /** Answers what is under way, refuses what is new, and stops. */
  close(): Promise<void>;
}
