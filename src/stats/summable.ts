/**
 * A number beyond ±this measures nothing, and neither its square nor a sum of a thousand million such squares would be
 * safe from overflow.
 */
export const maxMagnitude = 1e100;

/** How far beyond the reference a value may lie and still be summed: ten times the reference's largest magnitude. */
const reach = 10;

/** Values from `low` to `high`, both included. */
export type Bounds = readonly [low: number, high: number];

/**
 * The values that sums and means of a variable hold. One that lies farther out is left out and counted apart: it would
 * outweigh all others for good, and make a sum stand still or infinite.
 *
 * @param range least and greatest reference value; without it only what is beyond `maxMagnitude` is left out
 */
export function summableBounds(range?: readonly [min: number, max: number]): Bounds {
  if (range === undefined) return [-maxMagnitude, maxMagnitude];
  const [min, max] = range;
  const beyond = reach * Math.max(Math.abs(min), Math.abs(max));
  return [Math.max(min - beyond, -maxMagnitude), Math.min(max + beyond, maxMagnitude)];
}
