/** Something that is to end when a person or the system says so. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Ends it as if a person had. */
  stop(): void;
}

/**
 * Fires on SIGINT and SIGTERM, and after `forMs` where that is said. A second SIGINT ends the
 * process at once: whoever presses twice does not want to wait.
 */
export function stopSignal(forMs?: number): Stop {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.once('SIGTERM', () => controller.abort());
  if (forMs !== undefined) setTimeout(() => controller.abort(), forMs).unref();
  return { signal: controller.signal, stop: () => controller.abort() };
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
