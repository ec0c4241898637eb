import { type Bin, type Bins, binsOf } from './binning.ts';

/** One bin of a variable with its counts on both sides. */
export type CountedBin = Bin & { readonly reference: number; readonly live: number };

/** Each bin with its counts, which are parallel to the bins. */
export function countedBins(bins: Bins, reference: ArrayLike<number>, live: ArrayLike<number>): CountedBin[] {
  return binsOf(bins).map((bin, i) => ({ ...bin, reference: reference[i], live: live[i] }));
}

/** The counts as they appear in JSON, where a bin is identified by its label. */
export function labelledCounts(bins: readonly CountedBin[]) {
  return bins.map(({ label, reference, live }) => ({ label, reference, live }));
}
