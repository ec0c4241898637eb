/** No real measurement lies beyond ±this; from here on, squares and sums of a billion squares could overflow. */
export const maxMagnitude = 1e100;

/** How far beyond the reference a value may lie and still be summed: ten times the reference's largest magnitude. */
const reach = 10;

/** Values from `low` to `high`, inclusive. */
export type Bounds = readonly [low: number, high: number];

/**
 * The range of values that go into a variable's sums and means. Values further out are excluded and counted separately:
 * one of them would permanently outweigh all others, and make a sum stop changing or become infinite.
 *
 * @param range smallest and largest reference value; without it, only values beyond `maxMagnitude` are excluded
 */
export function summableBounds(range?: readonly [min: number, max: number]): Bounds {
  if (range === undefined) return [-maxMagnitude, maxMagnitude];
  const [min, max] = range;
  const beyond = reach * Math.max(Math.abs(min), Math.abs(max));
  return [Math.max(min - beyond, -maxMagnitude), Math.min(max + beyond, maxMagnitude)];
}
