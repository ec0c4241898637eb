/**
 * Does something at each multiple of a number of milliseconds of the wall clock, without keeping the process alive.
 *
 * @param work receives the time that is due, in ms since 1970
 * @returns a function that stops it
 */
export function everyStep(stepMs: number, work: (timeMs: number) => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (dueMs: number) => {
    timer = setTimeout(() => turn(dueMs), Math.max(0, dueMs - Date.now())).unref();
  };
  const turn = (dueMs: number) => {
    const nowMs = Date.now();
    // a timer may fire a little early by the wall clock; a clock that was set back is followed
    if (nowMs < dueMs && dueMs - nowMs < stepMs) return wait(dueMs);
    const lastMs = Math.floor(nowMs / stepMs) * stepMs;
    wait(lastMs + stepMs);
    work(lastMs);
  };
  wait((Math.floor(Date.now() / stepMs) + 1) * stepMs);
  return () => clearTimeout(timer);
}
