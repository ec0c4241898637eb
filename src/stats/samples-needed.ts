import { countOccupied, type Drift, driftRule } from './drift.ts';
import { chiSquareQuantileWilsonHilferty } from './noise-ceiling.ts';

/**
 * How many more live observations bring the noise ceiling down to where a shift that matters can be seen.
 *
 * @param reference counts of all bins
 * @returns `null` when there are enough, when the variable drifts anyway, or when the reference is too small for any
 *   number of them
 */
export function samplesNeeded(
  { samples, referenceSamples, verdict }: Pick<Drift, 'samples' | 'referenceSamples' | 'verdict'>,
  reference: ArrayLike<number>,
): number | null {
  if (verdict === 'drifting') return null;
  const degreesOfFreedom = Math.max(1, countOccupied(reference) - 1);
  const quantile = chiSquareQuantileWilsonHilferty(degreesOfFreedom, driftRule.ceilingZ);
  const share = driftRule.undeterminedCeiling / quantile - 1 / referenceSamples;
  const needed = share > 0 ? Math.ceil(1 / share) : Number.POSITIVE_INFINITY;
  return needed > samples && needed < Number.POSITIVE_INFINITY ? needed - samples : null;
}
