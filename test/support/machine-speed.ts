/** What the reference work takes on machines on which the tests' limits of time leave room. */
const usualMs = 10;

const text = JSON.stringify(
  Array.from({ length: 20_000 }, (_, i) => ({ id: `${i}`, value: i / 7, isEven: i % 2 === 0 })),
);

/**
 * How many times as long as usual this machine computes at the moment, at least 1: by this, tests extend their limits of
 * processor time.
 */
export function slowness(): number {
  const attempts = Array.from({ length: 5 }, () => {
    const before = process.threadCpuUsage();
    JSON.parse(text);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  // anything else on the machine only adds to it
  return Math.max(1, Math.min(...attempts) / usualMs);
}
