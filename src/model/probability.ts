/** Sums of rounded probabilities, in single precision above all, end so far beyond 0 and 1 at most. */
const rounding = 1e-5;

/**
 * The probability that a value means: a number from 0 to 1, and the nearer of the two for one that rounding has put beyond
 * them, as libraries do. `undefined` for anything else.
 */
export function readProbability(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= -rounding && value <= 1 + rounding)) return undefined;
  return Math.min(1, Math.max(0, value));
}
