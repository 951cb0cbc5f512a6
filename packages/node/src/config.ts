/** Everything an operator can set, with units. Defaults: `defaultConfig`. Spec: operating 3. */
export interface NodeConfig {
  /** Folder of the store. */
  readonly dataDirectory: string;
  readonly http: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
    /** Origins that browsers may call from; none: same origin only. */
    readonly corsOrigins: readonly string[];
    /** Trust `x-forwarded-for` of a proxy on loopback. */
    readonly isBehindProxy: boolean;
  };
  readonly limits: {
    /** Bytes of one HTTP body or WebSocket message. */
    readonly messageBytesMax: number;
    readonly connectionsMax: number;
    readonly connectionsPerAddressMax: number;
    /** HTTP requests per address and second, on average, and at once. */
    readonly requestsPerSecond: number;
    readonly requestsBurst: number;
    /** Commands of one connection that are not answered yet. */
    readonly inFlightPerConnectionMax: number;
    /** Commands of all that wait for a block; above it: overloaded. */
    readonly queueMax: number;
    readonly subscriptionsPerConnectionMax: number;
    /** Bytes that may wait for a slow reader before it is dropped. */
    readonly sendBufferBytesMax: number;
    /** Signatures that do not open before a connection is closed. */
    readonly badSignaturesMax: number;
  };
  readonly blocks: {
    /** A block closes at latest so long after its first command. */
    readonly closeAfterMs: number;
    /** Between two blocks at least, but for those that the machine needs. */
    readonly intervalMs: number;
    readonly commandsMax: number;
  };
  readonly opening: { readonly threads: number };
  readonly snapshots: { readonly everyMs: number; readonly kept: number };
  readonly checkpoints: { readonly everyMs: number };
  readonly stream: { readonly heartbeatMs: number; readonly resumeMessages: number };
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
}

export const defaultConfig: NodeConfig = {
  dataDirectory: './data',
  http: { host: '127.0.0.1', port: 7420, corsOrigins: [], isBehindProxy: false },
  limits: {
    messageBytesMax: 262_144,
    connectionsMax: 4_096,
    connectionsPerAddressMax: 512,
    requestsPerSecond: 200,
    requestsBurst: 400,
    inFlightPerConnectionMax: 4_096,
    queueMax: 50_000,
    subscriptionsPerConnectionMax: 256,
    sendBufferBytesMax: 4_194_304,
    badSignaturesMax: 32,
  },
  blocks: { closeAfterMs: 20, intervalMs: 5, commandsMax: 4_000 },
  opening: { threads: 1 },
  snapshots: { everyMs: 300_000, kept: 3 },
  checkpoints: { everyMs: 300_000 },
  stream: { heartbeatMs: 15_000, resumeMessages: 1_024 },
  logLevel: 'info',
};
