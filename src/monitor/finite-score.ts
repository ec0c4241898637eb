/**
 * Refuses a score that is not a finite number: counted once, it would turn every later sum of the model's scores into
 * NaN, and only a restart would mend that.
 *
 * @throws RangeError naming the score
 */
export function requireFiniteScore(score: number): void {
  if (!Number.isFinite(score)) throw new RangeError(`the score must be a finite number, got ${score}`);
}
