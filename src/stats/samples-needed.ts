import type { Bins } from './binning.ts';
import { type Drift, driftCeiling, driftRule } from './drift.ts';
import { comparedCounts, joinsRare } from './rare-categories.ts';

/** The largest number that is ever asked for. */
const maxSamples = 2 ** 40;

/**
 * How many more live observations it takes until the noise ceiling is low enough to see a shift that matters.
 *
 * @param reference counts of all bins
 * @returns `null` if there are enough, if the variable drifts anyway, or if the reference is so small that no number
 *   suffices
 */
export function samplesNeeded(
  { samples, verdict }: Pick<Drift, 'samples' | 'verdict'>,
  bins: Bins,
  reference: ArrayLike<number>,
): number | null {
  if (verdict === 'drifting') return null;
  const compared = comparedCounts(bins, reference, joinsRare(bins, reference));
  const isEnough = (rows: number) =>
    driftCeiling(bins.kind, compared, rows, { designEffect: 1 }) <= driftRule.undeterminedCeiling;
  let tooFew = samples;
  if (tooFew > 0 && isEnough(tooFew)) return null;
  let enough = Math.max(1, 2 * tooFew);
  while (!isEnough(enough)) {
    if (enough > maxSamples) return null;
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough - samples;
}
