// The very first module of the service, which imports next to nothing: as process 1 of a container a signal without a
// handler is lost, and loading the rest takes most of a second.

import { isatty } from 'node:tty';

const stdin = 0;
/**
 * A shell immediately passes on that its terminal was closed. After twice this time, no such signal is expected any
 * more.
 */
const hangupMs = 5_000;
let hasTerminal = isatty(stdin);
const stopRequest = new AbortController();
let isReloadRequested = false;
let reload: (() => void) | undefined;

/**
 * Aborted by the first SIGTERM or SIGINT, and by SIGHUP if that means that the terminal was closed. Further signals
 * change nothing: npm forwards a Ctrl-C to a process that already got it from the terminal, and a shutdown ends by
 * itself within `SHUTDOWN_TIMEOUT_MS`.
 */
export const stopRequested: AbortSignal = stopRequest.signal;

/** Calls `handler` for each other SIGHUP from now on, and immediately if there was one before. */
export function onReloadRequest(handler: () => void): void {
  reload = handler;
  if (isReloadRequested) handler();
}

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopRequest.abort());
process.on('SIGHUP', () => {
  // npm ends with its terminal: the service would continue on its own and keep its ports
  if (hasTerminal && !isatty(stdin)) {
    stopRequest.abort();
    return;
  }
  isReloadRequested = true;
  reload?.();
});
// after `disown` or `setsid` no signal reports that the terminal was closed: a later SIGHUP is a request to reload
if (hasTerminal) {
  let isGone = false;
  const looking = setInterval(() => {
    hasTerminal = !isGone;
    isGone = !isatty(stdin);
    if (!hasTerminal) clearInterval(looking);
  }, hangupMs);
  looking.unref();
}
