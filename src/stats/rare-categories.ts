import { type Bins, missingBin, unseenBin } from './binning.ts';

/**
 * Whether `other` and `unseen` are compared as one bin: they are if the reference expects some rows with names that it
 * does not contain. How many rows have a name outside the bins is well known, but how they divide into rare and new
 * names is an estimate: a list of names may be complete even if the last ones were seen once. As a separate bin,
 * `unseen` would then stay empty where a few per cent were expected, which the PSI reports as a large change.
 *
 * @param reference counts of all bins; in a file of version 1 `unseen` is 0
 */
export function joinsRare(bins: Bins, reference: ArrayLike<number>): boolean {
  return bins.kind === 'categorical' && bins.grouped.length > 0 && reference[unseenBin(bins)] > 0;
}

/** The counts of the bins that are compared: all of them, or with `unseen` merged into `other`. */
export function comparedCounts(
  bins: Bins,
  counts: ArrayLike<number>,
  areRareJoined: boolean,
): ArrayLike<number> {
  if (!areRareJoined || bins.kind === 'numeric') return counts;
  const compared = Array.from(counts);
  compared[missingBin(bins) - 1] += compared[unseenBin(bins)];
  return compared.slice(0, unseenBin(bins));
}
