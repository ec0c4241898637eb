/**
 * Makes a function that does work for all who ask for it, once at a time: those who ask while it runs share the run
 * after it. What everybody gets is computed after they asked, and many who ask at once cost two runs.
 */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function start(): Promise<T> {
    next = undefined;
    current = run().finally(() => {
      current = undefined;
    });
    return current;
  }

  return () => {
    if (next !== undefined) return next;
    if (current === undefined) return start();
    next = current.then(start, start);
    return next;
  };
}
