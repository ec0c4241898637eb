// The very first module of the service, which imports next to nothing: as process 1 of a container a signal without a
// handler is lost, and loading the rest takes most of a second.

import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const stdin = 0;
/**
 * A shell immediately passes on that its terminal was closed. After twice this time, no such signal is expected any
 * more.
 */
const hangupMs = 5_000;
/** When the shell of a terminal is killed, the signal comes before the terminal is taken away. */
const goingMs = 200;
let hasTerminal = isInTerminal();
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
  if (!hasTerminal) requestReload();
  else {
    // npm ends with its terminal: the service would continue on its own and keep its ports
    setTimeout(() => (isInTerminal() ? requestReload() : stopRequest.abort()), goingMs);
  }
});
// after `disown` no signal reports that the terminal was closed: a later SIGHUP is a request to reload
if (hasTerminal) {
  let isGone = false;
  const looking = setInterval(() => {
    hasTerminal = !isGone;
    isGone = !isInTerminal();
    if (!hasTerminal) clearInterval(looking);
  }, hangupMs);
  looking.unref();
}

function requestReload(): void {
  isReloadRequested = true;
  reload?.();
}

/** Whether standard input is a terminal, and one that sends SIGHUP to this process when it is closed. */
function isInTerminal(): boolean {
  if (!isatty(stdin)) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch (error) {
    // that there is no descriptor left, for instance, says nothing about the terminal
    return !['ENXIO', 'EIO', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
