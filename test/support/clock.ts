/** Lets a test control the time, in ms since 1970; `release` restores the real clock. */
export function holdClock() {
  const { now } = Date;
  let nowMs = now();
  Date.now = () => nowMs;
  return {
    advance(ms: number) {
      nowMs += ms;
    },
    release() {
      Date.now = now;
    },
  };
}
