/**
 * Loaded by `--import` before the service: on SIGUSR2, every wait of up to a minute that has begun is over at once. Longer
 * ones go on.
 */
const { setTimeout: begin, clearTimeout: cancel } = globalThis;
const waits = new Map<NodeJS.Timeout, () => void>();

globalThis.setTimeout = Object.assign((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
  const end = () => {
    waits.delete(timer);
    run(...args);
  };
  const timer = begin(end, ms);
  if (ms <= 60_000) waits.set(timer, end);
  return timer;
}, begin) as typeof setTimeout;

globalThis.clearTimeout = ((timer: NodeJS.Timeout) => {
  waits.delete(timer);
  cancel(timer);
}) as typeof clearTimeout;

process.on('SIGUSR2', () => {
  for (const [timer, end] of waits) {
    cancel(timer);
    end();
  }
});
