import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';

/** Lets a test control the time, in ms since 1970; `release` restores the real clock. */
export function holdClock() {
  const { now } = Date;
  let nowMs = now();
  Date.now = () => nowMs;
  return {
    advance(ms: number) {
      nowMs += ms;
    },
    release() {
      Date.now = now;
    },
  };
}

/**
 * Lets the time of `setTimeout` pass twenty times as fast in this process, `eventually` included; `release` ends that.
 * For code that waits for a server of the same process: if the machine is busy, the timers are late as well.
 */
export function hurryTimers() {
  const stepMs = 20;
  let passedMs = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  // for what imports the one of timers/promises
  syncBuiltinESMExports();
  const ticking = setInterval(() => {
    passedMs += stepMs;
    mock.timers.tick(stepMs);
  }, 1);
  return {
    passedMs: () => passedMs,
    release() {
      clearInterval(ticking);
      mock.timers.reset();
      syncBuiltinESMExports();
    },
  };
}
