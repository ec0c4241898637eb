import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a task may run before others get a turn on the event loop. */
const maxTurnMs = 10;

/** To be called between two items, and awaited if it returns a promise: gives others a turn on the event loop. */
export type Pause = () => Promise<void> | undefined;

/**
 * Makes a function for a loop over many items: awaited between two of them, it gives others a turn on the event loop
 * whenever the loop has been running for 10 ms.
 */
export function createPauses(): Pause {
  let startedMs = performance.now();
  const pause = async () => {
    await nextTurn();
    startedMs = performance.now();
  };
  return () => (performance.now() - startedMs >= maxTurnMs ? pause() : undefined);
}
