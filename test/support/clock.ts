/** Puts the time in ms since 1970 into the hands of a test; `release` gives it back. */
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
