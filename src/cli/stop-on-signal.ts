/**
 * Aborted by the first Ctrl-C or SIGTERM. A second one ends the program at once; not within a second, as npm hands on the
 * one that the terminal sent.
 */
export function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  let stoppedMs = Number.POSITIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const nowMs = performance.now();
      if (nowMs - stoppedMs > 1000) process.exit(1);
      if (stop.signal.aborted) return;
      stoppedMs = nowMs;
      stop.abort();
    });
  }
  return stop.signal;
}
