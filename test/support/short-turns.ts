import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A garbage collection, or a machine that is slow for a moment, may lengthen a turn in some attempts, but not in all. */
const maxAttempts = 5;

/**
 * Asserts that some work leaves the event loop to others in time.
 *
 * @param maxHeldMs processor time of this thread that each turn of the event loop stays below during the work, in one of
 * five attempts; what only the first attempt does, such as compiling, is not limited
 * @param begin starts the work; each attempt has to take as much work as the first
 */
export async function assertShortTurns(maxHeldMs: number, begin: () => Promise<unknown>): Promise<void> {
  const held: number[] = [];
  do held.push(await longestTurn(begin));
  while (held.length < maxAttempts && held[held.length - 1] >= maxHeldMs);
  assert.ok(held[held.length - 1] < maxHeldMs, `held for ${held.map((ms) => ms.toFixed(0)).join(', ')} ms`);
}

async function longestTurn(begin: () => Promise<unknown>): Promise<number> {
  const usedMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let beforeMs = usedMs();
  const work = begin();
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  work.then(finish, finish);
  let longestMs = 0;
  while (!isDone) {
    await nextTurn();
    const nowMs = usedMs();
    longestMs = Math.max(longestMs, nowMs - beforeMs);
    beforeMs = nowMs;
  }
  await work;
  return longestMs;
}
