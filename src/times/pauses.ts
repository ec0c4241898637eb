import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a long work may go on before everybody else has a turn of the event loop. */
const maxTurnMs = 10;

/**
 * Makes a function for a loop over many things: awaited between two of them, it lets others have a turn of the event
 * loop whenever the loop has been at work for 10 ms.
 */
export function createPauses(): () => Promise<void> | undefined {
  let startedMs = performance.now();
  const pause = async () => {
    await nextTurn();
    startedMs = performance.now();
  };
  return () => (performance.now() - startedMs >= maxTurnMs ? pause() : undefined);
}
