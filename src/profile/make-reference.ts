import { maxCategories, type NumericFeature, type Output } from '../model/artifact-schema.ts';
import { type CategoricalBins, countBins } from '../stats/binning.ts';
import { expectedAgain } from '../stats/expected-again.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { quantileEdges } from '../stats/quantile-edges.ts';

/** The values of the reference that are not frequent are cut into this many bins. */
export const binsPerVariable = 10;

/** Categories with fewer rows share one bin, `other`. */
const minCategoryRows = 5;

/** Rounded to twelve digits: 67.01, not 67.00999999999999. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

/** Mean, deviation (divisor n), extremes and percentiles (interpolated) of at least one finite value. */
export function summarise(values: Float64Array): NumericFeature['summary'] {
  return summariseSorted(values.toSorted());
}

/** The same for values that are already in ascending order. */
export function summariseSorted(sorted: Float64Array): NumericFeature['summary'] {
  let sum = 0;
  for (let i = 0; i < sorted.length; i++) sum += sorted[i];
  const mean = sum / sorted.length;
  let squares = 0;
  for (let i = 0; i < sorted.length; i++) squares += (sorted[i] - mean) ** 2;
  const variance = squares / sorted.length;
  const percentile = (percent: number) => round(quantileSorted(sorted, percent / 100));
  return {
    min: sorted[0],
    max: sorted[sorted.length - 1],
    mean: round(mean),
    deviation: round(Math.sqrt(variance)),
    percentiles: {
      p1: percentile(1),
      p5: percentile(5),
      p10: percentile(10),
      p25: percentile(25),
      p50: percentile(50),
      p75: percentile(75),
      p90: percentile(90),
      p95: percentile(95),
      p99: percentile(99),
    },
  };
}

/** Cuts the values (see `quantileEdges`) and counts them; values that are not finite count as missing. */
export function numericReference(values: Float64Array): Output['score']['reference'] {
  const edges = quantileEdges(values, binsPerVariable);
  return { edges, counts: countBins({ kind: 'numeric', edges }, values) };
}

/**
 * The categories that have a bin of their own, most frequent first, and those that are grouped as `other`: all but the
 * 20 most common, and those with fewer than five rows, because chance alone moves so few too often. If there are fewer
 * than a hundred rows, a twentieth of them is enough. The most common category always has a bin.
 *
 * @param counts by category
 */
export function rankCategories(counts: ReadonlyMap<string, number>): {
  categories: string[];
  grouped: string[];
} {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const least = Math.min(minCategoryRows, rows / maxCategories);
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const isOwn = ([, count]: [string, number], rank: number) =>
    rank < maxCategories && (count >= least || rank === 0);
  const names = (entries: readonly [string, number][]) => entries.map(([category]) => category);
  return {
    categories: names(ranked.filter(isOwn)),
    grouped: names(ranked.filter((entry, rank) => !isOwn(entry, rank))).sort(),
  };
}

/**
 * How many of as many new rows would fall into each bin: as many as in the reference, with two exceptions.
 *
 * New rows bring categories that are not in the reference. A row whose category occurs only once would have been such a
 * row to all the others, so as many are expected: these count as `unseen` instead of `other`. At least one is expected
 * if any category is rare, as there may be more of them.
 *
 * If at least as many categories are rare as have a bin of their own, the frequent ones are frequent partly by chance:
 * they count as often as `expectedAgain` says, and `other` gets the rest.
 *
 * @param counts rows by category, for all categories of the bins
 * @param missing rows without one
 *
 * Source: I. J. Good, The Population Frequencies of Species and the Estimation of Population Parameters, Biometrika 40
 * (1953).
 */
export function expectedCounts(
  { categories, grouped }: Pick<CategoricalBins, 'categories' | 'grouped'>,
  counts: ReadonlyMap<string, number>,
  missing: number,
): number[] {
  const rowsOf = (category: string) => counts.get(category) ?? 0;
  const once = grouped.filter((category) => rowsOf(category) === 1).length;
  const unseen = grouped.length > 0 ? Math.max(1, once) : 0;
  const isCrowded = grouped.length >= categories.length;
  const again = isCrowded ? expectedAgain(counts.values()) : new Map<number, number>();
  const own = categories.map((category) => Math.round(again.get(rowsOf(category)) ?? rowsOf(category)));
  const all = [...categories, ...grouped].reduce((sum, category) => sum + rowsOf(category), 0);
  const other = own.reduce((rest, rows) => rest - rows, all - unseen);
  return [...own, ...(grouped.length > 0 ? [Math.max(0, other)] : []), missing, unseen];
}
