import { setImmediate as nextTurn } from 'node:timers/promises';

/** The processor time of this thread in the longest turn of the event loop during the work, in ms. */
export async function longestTurn(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  work.then(finish, finish);
  const usedMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longestMs = 0;
  for (let beforeMs = usedMs(); !isDone; ) {
    await nextTurn();
    const nowMs = usedMs();
    longestMs = Math.max(longestMs, nowMs - beforeMs);
    beforeMs = nowMs;
  }
  await work;
  return longestMs;
}
