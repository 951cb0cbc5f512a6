import { readFileSync } from 'node:fs';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What became of a command. `admission`: refused before it was queued. */
export type CommandOutcome = 'accepted' | 'refused' | 'admission' | 'malformed' | 'overloaded';

/** Upper bounds in seconds, from a tenth of a millisecond to ten seconds. */
const SECONDS: number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
/** Upper bounds of counts in a batch or block. */
const COUNTS: number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/** Everything a node measures; times in seconds, sizes in bytes. Spec: operating 6. */
export interface Metrics {
  readonly registry: Registry;
  readonly commands: Counter<'outcome'>;
  readonly actions: Counter<'outcome'>;
  /** Of the envelope's refusals, by the number of the rejection. */
  readonly rejections: Counter<'code'>;
  readonly prices: Counter<'outcome'>;
  /** From arrival to the receipt, on disk. */
  readonly commandSeconds: Histogram;
  readonly blocks: Counter;
  readonly blockSeconds: Histogram<'stage'>;
  readonly blockCommands: Histogram;
  readonly blockBytes: Counter;
  readonly height: Gauge;
  readonly openingSeconds: Histogram;
  readonly openingBatch: Histogram;
  readonly badSignatures: Counter<'reason'>;
  readonly queueLength: Gauge;
  readonly replicaLagBlocks: Gauge;
  readonly historyLagBlocks: Gauge;
  readonly rootsCompared: Gauge;
  readonly snapshotHeight: Gauge;
  readonly recoverySeconds: Gauge;
  readonly accounts: Gauge;
  readonly storeFreeBytes: Gauge;
  readonly deposits: Gauge;
  readonly connections: Gauge<'kind'>;
  readonly connectionsRefused: Counter<'reason'>;
  readonly clientsDropped: Counter<'reason'>;
  readonly subscriptions: Gauge<'channel'>;
  readonly feedMessages: Counter<'channel'>;
  readonly sentBytes: Counter<'kind'>;
  readonly receivedBytes: Counter<'kind'>;
  readonly requests: Counter<'route' | 'status'>;
  readonly requestSeconds: Histogram<'route'>;
}

/**
 * Instruments with a registry of their own, and the process beside them (event loop lag, garbage
 * collection, memory). Several nodes in one process do not see each other's.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'plimsoll_' });
  registerPrivateMemory(registry);
  return {
    registry,
    ...commandMetrics(registry),
    ...blockMetrics(registry),
    ...replicaMetrics(registry),
    ...clientMetrics(registry),
  };
}

/**
 * Resident memory counts the pages of the store that the system keeps at hand and takes back when
 * it wants: it grows with the store. This does not.
 */
function registerPrivateMemory(registry: Registry): void {
  new Gauge({
    name: 'plimsoll_private_memory_bytes',
    help: 'Memory of the process but for mapped files; 0 where the system does not say.',
    registers: [registry],
    collect() {
      this.set(privateMemoryBytes());
    },
  });
}

function privateMemoryBytes(): number {
  try {
    const [, kibibytes] = /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kibibytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

type CommandMetrics = Pick<
  Metrics,
  'commands' | 'actions' | 'rejections' | 'prices' | 'commandSeconds'
> &
  Pick<Metrics, 'openingSeconds' | 'openingBatch' | 'badSignatures' | 'queueLength'>;

function commandMetrics(registry: Registry): CommandMetrics {
  const { counter, gauge, histogram } = instruments(registry);
  return {
    commands: counter('commands_total', 'Commands that arrived, by what became of them', [
      'outcome',
    ]),
    actions: counter('actions_total', 'Actions of accepted envelopes, by what became of them', [
      'outcome',
    ]),
    rejections: counter('rejections_total', 'Refused envelopes and actions, by number', ['code']),
    prices: counter('prices_total', 'Signed prices that arrived, by what became of them', [
      'outcome',
    ]),
    commandSeconds: histogram('command_seconds', 'From arrival to the receipt, on disk', {
      buckets: SECONDS,
    }),
    openingSeconds: histogram('opening_seconds', 'Opening one batch of signatures', {
      buckets: SECONDS,
    }),
    openingBatch: histogram('opening_batch', 'Signatures opened at once', { buckets: COUNTS }),
    badSignatures: counter('bad_signatures_total', 'Signatures that did not open', ['reason']),
    queueLength: gauge('queue_length', 'Commands that wait for a block'),
  };
}

type BlockMetrics = Pick<
  Metrics,
  'blocks' | 'blockSeconds' | 'blockCommands' | 'blockBytes' | 'height'
>;

function blockMetrics(registry: Registry): BlockMetrics {
  const { counter, gauge, histogram } = instruments(registry);
  return {
    blocks: counter('blocks_total', 'Blocks on disk'),
    blockSeconds: histogram('block_seconds', 'Making a block, by stage', {
      buckets: SECONDS,
      labels: ['stage'],
    }),
    blockCommands: histogram('block_commands', 'Commands of one block', { buckets: COUNTS }),
    blockBytes: counter('block_bytes_total', 'Bytes of block records written'),
    height: gauge('height', 'Height of the last block on disk'),
  };
}

type ReplicaMetrics = Pick<
  Metrics,
  'replicaLagBlocks' | 'historyLagBlocks' | 'rootsCompared' | 'recoverySeconds' | 'accounts'
> &
  Pick<Metrics, 'snapshotHeight' | 'storeFreeBytes'>;

function replicaMetrics(registry: Registry): ReplicaMetrics {
  const { gauge } = instruments(registry);
  return {
    replicaLagBlocks: gauge('replica_lag_blocks', 'Blocks on disk that the replica has not done'),
    historyLagBlocks: gauge('history_lag_blocks', 'Blocks that the history index has not done'),
    rootsCompared: gauge('roots_compared', 'State roots compared with the writer since the start'),
    snapshotHeight: gauge('snapshot_height', 'Height of the newest snapshot'),
    recoverySeconds: gauge('recovery_seconds', 'From the open store to the ready machine'),
    accounts: gauge('accounts', 'Accounts that were ever opened'),
    storeFreeBytes: gauge('store_free_bytes', 'Free space on the disk of the store'),
  };
}

type ClientMetrics = Pick<
  Metrics,
  'connections' | 'connectionsRefused' | 'clientsDropped' | 'subscriptions' | 'feedMessages'
> &
  Pick<Metrics, 'sentBytes' | 'receivedBytes' | 'requests' | 'requestSeconds' | 'deposits'>;

function clientMetrics(registry: Registry): ClientMetrics {
  const { counter, gauge, histogram } = instruments(registry);
  return {
    deposits: gauge('deposits', 'Cancels that lie here for the end of a connection'),
    connections: gauge('connections', 'Open connections, by kind (socket: all; stream)', ['kind']),
    connectionsRefused: counter('connections_refused_total', 'Connections not taken', ['reason']),
    clientsDropped: counter('clients_dropped_total', 'Connections closed by the node', ['reason']),
    subscriptions: gauge('subscriptions', 'Subscriptions of all connections', ['channel']),
    feedMessages: counter('feed_messages_total', 'Messages built for channels', ['channel']),
    sentBytes: counter('sent_bytes_total', 'Bytes sent, by kind (socket: all; stream)', ['kind']),
    receivedBytes: counter(
      'received_bytes_total',
      'Bytes received, by kind (socket: all; stream)',
      ['kind'],
    ),
    requests: counter('requests_total', 'HTTP requests, by route and status', ['route', 'status']),
    requestSeconds: histogram('request_seconds', 'Answering one HTTP request', {
      buckets: SECONDS,
      labels: ['route'],
    }),
  };
}

interface Instruments {
  counter<L extends string = never>(name: string, help: string, labels?: L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: L[]): Gauge<L>;
  histogram<L extends string = never>(
    name: string,
    help: string,
    shape: { readonly buckets: number[]; readonly labels?: L[] },
  ): Histogram<L>;
}

function instruments(registry: Registry): Instruments {
  const named = <L extends string>(name: string, help: string, labels: L[] = []) => ({
    name: `plimsoll_${name}`,
    help: `${help}.`,
    labelNames: labels,
    registers: [registry],
  });
  return {
    counter: (name, help, labels) => new Counter(named(name, help, labels)),
    gauge: (name, help, labels) => new Gauge(named(name, help, labels)),
    histogram: (name, help, { buckets, labels }) =>
      new Histogram({ ...named(name, help, labels), buckets }),
  };
}
