/** Loaded by `--import` before the service: SIGUSR2 lets 21 s, or `LEAP_MS`, pass at once for `performance.now()`. */
const realNow = performance.now.bind(performance);
const leapMs = Number(process.env.LEAP_MS ?? 21_000);
let aheadMs = 0;
performance.now = () => realNow() + aheadMs;
process.on('SIGUSR2', () => {
  aheadMs += leapMs;
});
