import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Network } from '@plimsoll/api';
import { nodeProblem, type Problem, STREAM_PATH, STREAM_PROTOCOL } from '@plimsoll/api/wire';
import { type WebSocket, WebSocketServer } from 'ws';
import type { NodeConfig } from '../config.ts';
import type { DepositBox } from '../deposits/index.ts';
import { endWithProblem } from '../http/answerErrors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Ingress, Replica } from '../parts.ts';
import { Turns } from '../turns/index.ts';
import { Addresses } from './addresses.ts';
import { Hub } from './hub.ts';
import { isOriginAllowed } from './origin.ts';
import { Session } from './session.ts';
import type { SessionContext } from './sessionOptions.ts';

export interface StreamOptions {
  /** Its upgrades are taken; whatever else it serves goes on. */
  readonly server: Server;
  readonly network: Network;
  readonly ingress: Ingress;
  /** What lies with the node for the end of a connection. */
  readonly deposits: DepositBox;
  readonly replica: Pick<Replica, 'onFeed' | 'snapshotOf' | 'watch' | 'ask' | 'status'>;
  readonly config: NodeConfig;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Messages are read in these; turns of its own if absent. */
  readonly turns?: Turns;
}

export interface Stream {
  /** Open connections. */
  readonly connections: number;
  /** Answers what is under way, says goodbye to all, and stops. */
  close(): Promise<void>;
}

/** Commands of one submit; a block has room for more. */
const COMMANDS_PER_MESSAGE_MAX = 1_000;
/** A client that closes has so long to finish it. */
const CLOSE_MS = 2_000;
/** Pieces that one message may come in. */
const FRAGMENTS_MAX = 64;
/** Reads of the socket that one message may come in: each is a buffer, however little is in it. */
const READS_MAX = 1_024;
/** An account stays watched for so long after the last one left. */
const LINGER_MS = 30_000;

/** Serves the WebSocket of a node on an HTTP server. Spec: stream. */
export function createStream(options: StreamOptions): Stream {
  const { server, config, metrics } = options;
  const hub = new Hub({
    ...options,
    resumeMessages: config.stream.resumeMessages,
    lingerMs: LINGER_MS,
  });
  const context = contextOf(options, hub);
  const sockets = new WebSocketServer(socketOptions(config));
  const addresses = new Addresses(config);
  const sessions = new Set<Session>();
  let isClosing = false;

  const take = (socket: WebSocket, wire: Duplex, address: string): void => {
    addresses.add(address);
    const session: Session = new Session(context, {
      socket,
      wire,
      address,
      onEnd: () => {
        sessions.delete(session);
        addresses.remove(address);
        metrics.connections.set({ kind: 'stream' }, sessions.size);
      },
    });
    sessions.add(session);
    metrics.connections.set({ kind: 'stream' }, sessions.size);
  };
  const upgrade = (request: IncomingMessage, wire: Duplex, head: Buffer): void => {
    wire.on('error', () => wire.destroy());
    const address = addresses.of(request);
    const problem = isClosing ? stopping() : refusal(request, { config, addresses, address });
    if (problem === undefined) {
      sockets.handleUpgrade(request, wire, head, (socket) => take(socket, wire, address));
      return;
    }
    metrics.connectionsRefused.inc({ reason: problem.name });
    endWithProblem(wire, problem);
  };
  server.on('upgrade', upgrade);
  const beat = setInterval(() => {
    for (const session of sessions) session.beat();
  }, config.stream.heartbeatMs);
  beat.unref();
  return {
    get connections() {
      return sessions.size;
    },
    close: async () => {
      isClosing = true;
      clearInterval(beat);
      options.deposits.hurry();
      await Promise.all([...sessions].map((session) => session.stop()));
      hub.close();
      sockets.close();
    },
  };
}

function contextOf(options: StreamOptions, hub: Hub): SessionContext {
  const { network, ingress, deposits, config, metrics, logger, replica, turns } = options;
  const { limits, stream } = config;
  return {
    network,
    hub,
    ingress,
    deposits,
    metrics,
    logger,
    turns: turns ?? new Turns(),
    limits: {
      messageBytesMax: limits.messageBytesMax,
      commandsPerMessageMax: COMMANDS_PER_MESSAGE_MAX,
      inFlightMax: limits.inFlightPerConnectionMax,
      subscriptionsMax: limits.subscriptionsPerConnectionMax,
      messagesPerSecond: limits.requestsPerSecond,
      badSignaturesMax: limits.badSignaturesMax,
    },
    sendBufferBytesMax: limits.sendBufferBytesMax,
    heartbeatMs: stream.heartbeatMs,
    timeMs: () => replica.status.timeMs,
  };
}

function socketOptions(config: NodeConfig) {
  return {
    noServer: true,
    clientTracking: false,
    // Compression keeps a window per connection and buys little on short messages.
    perMessageDeflate: false,
    skipUTF8Validation: false,
    // Pings are answered by the session, which counts them.
    autoPong: false,
    maxPayload: config.limits.messageBytesMax,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: READS_MAX,
    closeTimeout: CLOSE_MS,
    handleProtocols: (protocols: Set<string>) =>
      protocols.has(STREAM_PROTOCOL) ? STREAM_PROTOCOL : false,
  } as const;
}

/** Why a connection is not taken; undefined when it is. */
function refusal(
  request: IncomingMessage,
  by: {
    readonly config: NodeConfig;
    readonly addresses: Addresses;
    readonly address: string;
  },
): Problem | undefined {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== STREAM_PATH) {
    return nodeProblem('unknown', `The WebSocket is at ${STREAM_PATH}.`);
  }
  if (!isOriginAllowed(request, by.config.http.corsOrigins)) {
    const origin = (request.headers.origin ?? '').slice(0, 128);
    return nodeProblem('originForbidden', 'Pages of this origin may not call here.', { origin });
  }
  if (by.addresses.hasRoom(by.address)) return undefined;
  return nodeProblem('tooManyRequests', 'This address has as many connections as it may.');
}

function stopping(): Problem {
  return nodeProblem('notReady', 'The node is stopping.');
}
