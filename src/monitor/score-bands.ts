/** Score bins are merged into at most this many bands, for the calibration error, its test, and tables. */
const maxScoreBands = 10;

/** How many bands there are for this number of score bins. */
function scoreBandCount(bins: number): number {
  return Math.min(maxScoreBands, bins);
}

/** The band that holds a score bin: with fifty bins, five make one. */
export function scoreBandOf(bin: number, bins: number): number {
  return Math.floor((bin * scoreBandCount(bins)) / bins);
}

/** The interior edges of the bands: those edges of the bins at which a new band begins. */
export function scoreBandEdges(binEdges: readonly number[]): number[] {
  const bins = binEdges.length + 1;
  return binEdges.filter((_, bin) => scoreBandOf(bin + 1, bins) > scoreBandOf(bin, bins));
}

/** Adds up values per bin to values per band. */
export function sumByScoreBand(bins: ArrayLike<number>): Float64Array {
  const bands = new Float64Array(scoreBandCount(bins.length));
  for (let bin = 0; bin < bins.length; bin++) bands[scoreBandOf(bin, bins.length)] += bins[bin];
  return bands;
}
