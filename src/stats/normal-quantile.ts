import jStat from 'jstat';

/**
 * The quantile of the standard normal distribution: the z with `probability` of the mass below it. Within 1e-8 for
 * probabilities from 1e-9 to 1 − 1e-9.
 *
 * @throws RangeError if `probability` is not strictly between 0 and 1
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`a probability strictly between 0 and 1 is needed, got ${probability}`);
  }
  return jStat.normal.inv(probability, 0, 1);
}
