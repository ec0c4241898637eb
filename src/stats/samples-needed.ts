import { countOccupied, type Drift, driftRule } from './drift.ts';
import { chiSquareQuantileWilsonHilferty } from './noise-ceiling.ts';

/**
 * How many more live observations bring the noise ceiling down to where a shift that matters can be seen.
 *
 * @param reference counts of all bins
 * @returns `null` when the verdict is there already, or when the reference is too small for any number of them
 */
export function samplesNeeded(
  { samples, referenceSamples, verdict }: Pick<Drift, 'samples' | 'referenceSamples' | 'verdict'>,
  reference: ArrayLike<number>,
): number | null {
  if (verdict !== 'undetermined') return null;
  const degreesOfFreedom = Math.max(1, countOccupied(reference) - 1);
  const quantile = chiSquareQuantileWilsonHilferty(degreesOfFreedom, driftRule.ceilingZ);
  const share = driftRule.undeterminedCeiling / quantile - 1 / referenceSamples;
  return share > 0 ? Math.max(1, Math.ceil(1 / share) - samples) : null;
}
