/** Topics that are watched, or were a moment ago: accounts and candles. */
const WATCHED_MAX = 20_000;

export interface WatchesOptions {
  /** How long a topic stays watched after the last listener left: for those who come back. */
  readonly lingerMs: number;
  begin(channel: string, key: string): void;
  end(channel: string, key: string): void;
}

interface Watch {
  readonly channel: string;
  readonly key: string;
  count: number;
  timer: NodeJS.Timeout | undefined;
}

/** Counts who listens to what has to be built for them. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #watches = new Map<string, Watch>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  has(channel: string, key: string): boolean {
    return this.#watches.has(`${channel} ${key}`);
  }

  /** False when as many are watched as may be. */
  retain(channel: string, key: string): boolean {
    const name = `${channel} ${key}`;
    const known = this.#watches.get(name);
    if (known === undefined && this.#watches.size >= WATCHED_MAX && !this.#endOne()) return false;
    const watch = known ?? this.#begin(name, channel, key);
    watch.count += 1;
    clearTimeout(watch.timer);
    watch.timer = undefined;
    return true;
  }

  release(channel: string, key: string, isLingering: boolean): void {
    const watch = this.#watches.get(`${channel} ${key}`);
    if (watch === undefined) return;
    watch.count -= 1;
    if (watch.count > 0) return;
    if (!isLingering) this.#end(watch);
    else {
      watch.timer = setTimeout(() => this.#end(watch), this.#options.lingerMs);
      watch.timer.unref();
    }
  }

  close(): void {
    for (const { timer } of this.#watches.values()) clearTimeout(timer);
    this.#watches.clear();
  }

  #begin(name: string, channel: string, key: string): Watch {
    const watch: Watch = { channel, key, count: 0, timer: undefined };
    this.#watches.set(name, watch);
    this.#options.begin(channel, key);
    return watch;
  }

  /** Gives up one that nobody listens to any more. */
  #endOne(): boolean {
    for (const watch of this.#watches.values()) {
      if (watch.count > 0) continue;
      this.#end(watch);
      return true;
    }
    return false;
  }

  #end(watch: Watch): void {
    clearTimeout(watch.timer);
    this.#watches.delete(`${watch.channel} ${watch.key}`);
    this.#options.end(watch.channel, watch.key);
  }
}
