import { nodeProblem, ProblemError } from '@plimsoll/api/wire';

interface Waiter {
  readonly height: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Who waits for which height, for a bounded time. */
export class HeightWaiters {
  readonly #timeoutMs: number;
  readonly #waiters: Set<Waiter> = new Set();
  #reached = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with ProblemError `behind` when the height takes too long. */
  wait(height: number): Promise<void> {
    if (height <= this.#reached) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(this.#behind(height));
      }, this.#timeoutMs);
      const waiter: Waiter = { height, resolve, reject, timer };
      this.#waiters.add(waiter);
    });
  }

  reach(height: number): void {
    this.#reached = height;
    for (const waiter of this.#waiters) {
      if (waiter.height > height) continue;
      clearTimeout(waiter.timer);
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  rejectAll(error: Error): void {
    for (const { timer, reject } of this.#waiters) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiters.clear();
  }

  #behind(height: number): ProblemError {
    const detail = `Height ${height} was asked for; the replica is at ${this.#reached}.`;
    return new ProblemError(nodeProblem('behind', detail, { height, replica: this.#reached }));
  }
}
