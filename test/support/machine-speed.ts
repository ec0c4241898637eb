/** Processor time that the reference work takes on machines on which the tests' limits of time leave room. */
const usualMs = 40;

let state = 1;

/** Nothing but computing: what is allocated would have to be collected, at an arbitrary time. */
function work(): void {
  for (let i = 0; i < 15_000_000; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
}

/**
 * How many times as long as usual this machine computes at the moment, at least 1: by this, tests extend their limits of
 * time. It does not tell how many other processes there are, so such tests run alone.
 */
export function slowness(): number {
  const attempts = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.max(1, Math.min(...attempts) / usualMs);
}
