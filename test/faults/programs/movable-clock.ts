/**
 * Loaded by `--import` before the service: SIGUSR2 sets the wall clock back by an hour, as an operator or a bad time
 * server may, or forward by `CLOCK_STEP_MS` if that is set; with `CLOCK_AHEAD_MS` it is wrong from the start. Only
 * `Date` moves, as in reality: timers and `performance.now()` use the monotonic clock, which nobody can set. (A
 * preloaded library that intercepts system calls, such as libfaketime, would move that one, too, unless configured not
 * to.)
 */
const RealDate = Date;
const realNow = Date.now;
const stepMs = Number(process.env.CLOCK_STEP_MS ?? -3_600_000);
let aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);

Date.now = () => realNow() + aheadMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
  apply: () => new Date().toString(),
});
process.on('SIGUSR2', () => {
  aheadMs += stepMs;
});
