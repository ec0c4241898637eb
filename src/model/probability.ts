/** Sums of rounded probabilities, especially in single precision, exceed 0..1 by at most this much. */
const rounding = 1e-5;

/**
 * The probability that a value means: a number from 0 to 1; a number that rounding in a library has put just outside
 * becomes 0 or 1. `undefined` for anything else.
 */
export function readProbability(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= -rounding && value <= 1 + rounding)) return undefined;
  return Math.min(1, Math.max(0, value));
}
