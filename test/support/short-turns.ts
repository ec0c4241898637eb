import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { slowness } from './machine-speed.ts';

/** A garbage collection, or a machine that is slow for a moment, may lengthen a turn in some attempts, but not in all. */
const maxAttempts = 5;

/**
 * Asserts that some work leaves the event loop to others in time.
 *
 * @param maxHeldMs processor time of this thread that each turn of the event loop stays below during the work, in one of
 * five attempts, on a machine as fast as usual; what only the first attempt does, such as compiling, is not limited
 * @param begin starts the work; each attempt has to take as much work as the first
 */
export async function assertShortTurns(maxHeldMs: number, begin: () => Promise<unknown>): Promise<void> {
  const attempts: { heldMs: number; limitMs: number }[] = [];
  const isShort = () => attempts.some(({ heldMs, limitMs }) => heldMs < limitMs);
  while (attempts.length < maxAttempts && !isShort()) {
    attempts.push({ heldMs: await longestTurn(begin), limitMs: maxHeldMs * slowness() });
  }
  const told = attempts.map(({ heldMs, limitMs }) => `${heldMs.toFixed(0)} of ${limitMs.toFixed(0)}`);
  assert.ok(isShort(), `held for ${told.join(', ')} ms`);
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
