/** Loaded by `--import` before the service: SIGUSR2 lets 21 s pass at once for `performance.now()`. */
const realNow = performance.now.bind(performance);
let aheadMs = 0;
performance.now = () => realNow() + aheadMs;
process.on('SIGUSR2', () => {
  aheadMs += 21_000;
});
