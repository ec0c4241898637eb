// The very first module of the service, which imports next to nothing: as process 1 of a container a signal without a
// handler is lost, and loading the rest takes most of a second.

import { isatty } from 'node:tty';

const stdin = 0;
/** A shell passes on at once that its terminal was closed. After twice this time nobody does any more. */
const hangupMs = 5_000;
let hasTerminal = isatty(stdin);
const stopRequest = new AbortController();
let isReloadRequested = false;
let reload: (() => void) | undefined;

/**
 * Aborted by the first SIGTERM or SIGINT, and by SIGHUP where that says that the terminal was closed. Further ones
 * change nothing: npm hands a Ctrl-C on to a process that got it from the terminal already, and a stop ends by itself
 * within `SHUTDOWN_TIMEOUT_MS`.
 */
export const stopRequested: AbortSignal = stopRequest.signal;

/** Calls `handler` at each other SIGHUP from now on, and at once if one came before. */
export function onReloadRequest(handler: () => void): void {
  reload = handler;
  if (isReloadRequested) handler();
}

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopRequest.abort());
process.on('SIGHUP', () => {
  // npm ends with its terminal: the service would go on alone and keep its ports
  if (hasTerminal && !isatty(stdin)) {
    stopRequest.abort();
    return;
  }
  isReloadRequested = true;
  reload?.();
});
// after `disown` or `setsid` nobody says that the terminal was closed: a SIGHUP that comes later asks for the model
if (hasTerminal) {
  let isGone = false;
  const looking = setInterval(() => {
    hasTerminal = !isGone;
    isGone = !isatty(stdin);
    if (!hasTerminal) clearInterval(looking);
  }, hangupMs);
  looking.unref();
}
