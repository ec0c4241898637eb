/**
 * Loaded by `--import` before the service: SIGUSR2 puts the wall clock back by an hour, as an operator or a bad time
 * server may. Only `Date` moves, as in life: timers and `performance.now()` go by the monotonic clock, which nobody
 * can set. (A library preloaded in front of the system calls, such as libfaketime, would move that one too, or would
 * have to be told not to.)
 */
const RealDate = Date;
const realNow = Date.now;
let behindMs = 0;

Date.now = () => realNow() - behindMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
  apply: () => new Date().toString(),
});
process.on('SIGUSR2', () => {
  behindMs += 3_600_000;
});
