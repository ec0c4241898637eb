const firstRetryMs = 250;
const maxRetryMs = 5_000;

/** A period during which a file cannot be written. */
export type Outage = {
  /** Why it cannot be written; `undefined` while it can. */
  readonly error: Error | undefined;
  /** How long to wait before trying again; `undefined` while it can be written. */
  readonly retryMs: number | undefined;
  /** A write failed. */
  failed(error: Error): void;
  /** A write succeeded. */
  recovered(): void;
};

/**
 * Reports once that a file cannot be written, and when it can be again. Each further failure doubles the time to the
 * next attempt.
 *
 * @param dropped the lines dropped for that reason so far
 */
export function createOutage(
  path: string,
  maxPendingBytes: number,
  dropped: { readonly disk: number },
  onProblem: (message: string) => void,
): Outage {
  let current: { readonly error: Error; readonly sinceMs: number; retryMs: number } | undefined;
  let droppedBefore = 0;
  return {
    get error() {
      return current?.error;
    },
    get retryMs() {
      return current?.retryMs;
    },
    failed(error) {
      if (current !== undefined) {
        current.retryMs = Math.min(maxRetryMs, current.retryMs * 2);
        return;
      }
      current = { error, sinceMs: performance.now(), retryMs: firstRetryMs };
      droppedBefore = dropped.disk;
      onProblem(
        `${path}: ${error.message}; lines wait in memory, up to ${maxPendingBytes} bytes, and are then dropped`,
      );
    },
    recovered() {
      if (current === undefined) return;
      const seconds = ((performance.now() - current.sinceMs) / 1000).toFixed(1);
      current = undefined;
      onProblem(
        `${path}: written again after ${seconds} s; ${dropped.disk - droppedBefore} lines were dropped`,
      );
    },
  };
}
