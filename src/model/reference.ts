import { countBins, quantileEdges } from '../stats/binning.ts';
import { quantileSorted } from '../stats/quantile.ts';
import type { Artifact, NumericFeature } from './artifact-schema.ts';

/** The values of the reference that are not frequent are cut into so many bins. */
export const binsPerVariable = 10;

/** More categories than these share one coefficient and one bin, `other`. */
const maxCategories = 20;

/** To twelve digits: 67.01, not 67.00999999999999. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

/** Mean, deviation (divisor n), extremes and percentiles (interpolated) of at least one finite value. */
export function summarise(values: Float64Array): NumericFeature['summary'] {
  return summariseSorted(values.toSorted());
}

/** The same for values that are ascending already. */
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
export function numericReference(values: Float64Array): Artifact['score']['reference'] {
  const edges = quantileEdges(values, binsPerVariable);
  return { edges, counts: countBins({ kind: 'numeric', edges }, values) };
}

/**
 * The categories that have a bin of their own, most frequent first, and those that are grouped together as `other`.
 *
 * @param counts by category
 */
export function rankCategories(counts: ReadonlyMap<string, number>): {
  categories: string[];
  grouped: string[];
} {
  const ranked = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([category]) => category);
  return { categories: ranked.slice(0, maxCategories), grouped: ranked.slice(maxCategories).sort() };
}
