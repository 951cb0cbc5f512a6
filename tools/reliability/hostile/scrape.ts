/** What the node says of itself at `/metrics`. */
export interface Scrape {
  /** But for the pages of the store, which the system keeps at hand and takes back. */
  readonly privateBytes: number;
  /** Of the heap of the main thread. */
  readonly heapBytes: number;
  readonly sockets: number;
  readonly streams: number;
  /** Connections that it closed, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Connections that it did not take, by reason. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Reads Prometheus text. What is not there is 0. */
export function scrapeOf(text: string): Scrape {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const at = line.lastIndexOf(' ');
    if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  const value = (name: string): number => values.get(`plimsoll_${name}`) ?? 0;
  return {
    // Where the system does not say: all that is resident.
    privateBytes: value('private_memory_bytes') || value('process_resident_memory_bytes'),
    heapBytes: value('nodejs_heap_size_used_bytes'),
    sockets: value('connections{kind="socket"}'),
    streams: value('connections{kind="stream"}'),
    dropped: byReason(values, 'plimsoll_clients_dropped_total'),
    refused: byReason(values, 'plimsoll_connections_refused_total'),
  };
}

function byReason(
  values: ReadonlyMap<string, number>,
  name: string,
): Readonly<Record<string, number>> {
  const prefix = `${name}{reason="`;
  const found = [...values].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length, -2), value]));
}
