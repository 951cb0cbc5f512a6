/** Something that is to end when a person or the system says so. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Ends it as if a person had. */
  stop(): void;
  /** Ends it after so long, from now. */
  stopAfter(ms: number): void;
}

/**
 * Fires on SIGINT and SIGTERM, and after `forMs` where that is said. A second SIGINT ends the
 * process at once: whoever presses twice does not want to wait.
 */
export function stopSignal(forMs?: number): Stop {
  const controller = new AbortController();
  const stopAfter = (ms: number): void => {
    setTimeout(() => controller.abort(), ms).unref();
  };
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.once('SIGTERM', () => controller.abort());
  if (forMs !== undefined) stopAfter(forMs);
  return { signal: controller.signal, stop: () => controller.abort(), stopAfter };
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
