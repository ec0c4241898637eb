import { indexCategories } from './category-text.ts';

/**
 * How one variable is cut into bins. The bins are made once, from the reference, and never move with the
 * live window: counts taken in different replicas and at different times can then be added up.
 *
 * Convention: bin `i` of a numeric variable is `(edges[i-1], edges[i]]`, open to −∞ on the left of the first edge
 * and to +∞ on the right of the last one. The upper edge is inclusive, as in a Prometheus histogram (`le`).
 */
export type NumericBins = {
  readonly kind: 'numeric';
  /** Strictly ascending. `edges.length + 1` value bins, then one bin for missing values. */
  readonly edges: readonly number[];
};

export type CategoricalBins = {
  readonly kind: 'categorical';
  /** One bin each, in this order. */
  readonly categories: readonly string[];
  /** Rare categories of the reference that share one bin, `other`; no such bin when the list is empty. */
  readonly grouped: readonly string[];
};

/** After its value bins every variable has the bin `missing`; a categorical one then has `unseen`. */
export type Bins = NumericBins | CategoricalBins;

/** Gives the index of the bin a value belongs to. */
export type Binner = (value: unknown) => number;

/**
 * Edges that put about the same number of reference values into each bin.
 *
 * Each edge is an observed value (inverse of the empirical distribution function, Hyndman & Fan's type 1), never an
 * interpolated one. Equal edges are merged and an edge at the maximum is dropped; so every bin holds at least one
 * of `values`, and many equal values give fewer bins than asked for. Values that are not finite are left out, as
 * they count as missing. O(n log n).
 *
 * @param values in any order; no values give no edges, that is one bin for everything
 * @param count the number of bins wanted, at least 1
 * @returns at most `count − 1` edges, strictly ascending
 * @throws RangeError if `count` is not a positive integer
 */
export function quantileEdges(values: ArrayLike<number>, count: number): number[] {
  return quantileEdgesOfSorted(Float64Array.from(values).filter(Number.isFinite).sort(), count);
}

/** The same for values that are ascending and finite already; that is not checked. O(count). */
export function quantileEdgesOfSorted(sorted: ArrayLike<number>, count: number): number[] {
  return quantileEdgesByRank(sorted.length, (rank) => sorted[rank], count);
}

/** The same for values known by their rank, from 0 for the least. @param length how many there are */
export function quantileEdgesByRank(
  length: number,
  valueAt: (rank: number) => number,
  count: number,
): number[] {
  requireCount(count);
  if (length === 0) return [];
  const max = valueAt(length - 1);
  const edges: number[] = [];
  for (let i = 1; i < count; i++) {
    const edge = valueAt(Math.max(0, Math.ceil((length * i) / count) - 1));
    if (edge < max && edge !== edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
}

/**
 * Edges that cut `[min, max]` into bins of the same width; the outer bins are open beyond `min` and `max`.
 *
 * @returns `count − 1` edges, strictly ascending; none when `min` equals `max`
 * @throws RangeError if `min` or `max` is not finite, `min > max`, or `count` is not a positive integer
 */
export function equalWidthEdges(min: number, max: number, count: number): number[] {
  requireCount(count);
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
    throw new RangeError(`equalWidthEdges needs finite min <= max, got ${min} and ${max}`);
  }
  const edges: number[] = [];
  for (let i = 1; i < count; i++) {
    const edge = min + ((max - min) * i) / count;
    if (edge > min && edge < max && edge !== edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
}

/** The index of the value bin that holds `value`, by binary search. `value` is taken to be a number, not NaN. */
export function numericBinIndex(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= edges[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The number of bins with `missing` and, for a categorical variable, `unseen`. */
export function binCount(bins: Bins): number {
  return missingBin(bins) + (bins.kind === 'numeric' ? 1 : 2);
}

/** The index of the bin for missing values. It is also the number of value bins. */
export function missingBin(bins: Bins): number {
  if (bins.kind === 'numeric') return bins.edges.length + 1;
  return bins.categories.length + (bins.grouped.length > 0 ? 1 : 0);
}

/** The index of the bin for every category that the reference never held. */
export function unseenBin(bins: CategoricalBins): number {
  return missingBin(bins) + 1;
}

/**
 * One label a bin, all different, in the bins' order: `00 (-inf, 23]`, `03 (28, 31]`, `09 (52, +inf)` (the leading
 * number makes the order of the text that of the values), `= good`, `other`, `missing`, `unseen`.
 */
export function binLabels(bins: Bins): string[] {
  if (bins.kind === 'categorical') {
    const other = bins.grouped.length > 0 ? ['other'] : [];
    return [...bins.categories.map((category) => `= ${category}`), ...other, 'missing', 'unseen'];
  }
  const { edges } = bins;
  const digits = Math.max(2, String(edges.length).length);
  const labels = Array.from({ length: edges.length + 1 }, (_, i) => {
    const lower = i === 0 ? '-inf' : edges[i - 1];
    const upper = i === edges.length ? '+inf)' : `${edges[i]}]`;
    return `${String(i).padStart(digits, '0')} (${lower}, ${upper}`;
  });
  return [...labels, 'missing'];
}

/**
 * What a record of a single row has in place of a value, one text a bin: its label, but for a category its number, as
 * its label is the value. Who reads `02` needs the artifact to tell what it means.
 */
export function recordedBins(bins: Bins): string[] {
  const labels = binLabels(bins);
  if (bins.kind === 'numeric') return labels;
  return labels.map((label, i) => (i < bins.categories.length ? String(i).padStart(2, '0') : label));
}

/**
 * The index of each bin by what records have of it, and by its label, which older records have of a category.
 *
 * @param knowsNumbers whether the bins are those of the model that the records are of; others number their categories
 * differently
 */
export function indexRecordedBins(bins: Bins, knowsNumbers = true): ReadonlyMap<unknown, number> {
  const texts = knowsNumbers ? [recordedBins(bins), binLabels(bins)] : [binLabels(bins)];
  return new Map(texts.flatMap((each) => each.map((text, i) => [text, i] as const)));
}

/**
 * Makes the function that finds a value's bin. `null` and `undefined` are missing. Numeric: so is all that is not a
 * finite number. Categorical: a value names a category as `indexCategories` says (`1` is the category `'1'`), and one
 * that the reference never held is unseen.
 */
export function createBinner(bins: Bins): Binner {
  const missing = missingBin(bins);
  if (bins.kind === 'numeric') {
    const { edges } = bins;
    return (value) => (Number.isFinite(value) ? numericBinIndex(edges, value as number) : missing);
  }
  const unseen = unseenBin(bins);
  const binOf = indexCategories([
    ...bins.categories.map((category, i) => [category, i] as const),
    ...bins.grouped.map((category) => [category, bins.categories.length] as const),
  ]);
  return (value) => {
    const bin = binOf(value);
    return bin === null ? missing : (bin ?? unseen);
  };
}

/** Counts how many of `values` fall into each bin. The counts of two batches add up to the counts of both. */
export function countBins(bins: Bins, values: Iterable<unknown>): number[] {
  const counts = new Array<number>(binCount(bins)).fill(0);
  const binOf = createBinner(bins);
  for (const value of values) counts[binOf(value)]++;
  return counts;
}

/** The counts of the value bins for values that are ascending and finite already. O(bins · log n). */
export function countSorted(edges: readonly number[], sorted: ArrayLike<number>): number[] {
  let before = 0;
  return [...edges, Number.POSITIVE_INFINITY].map((edge) => {
    let low = before;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] <= edge) low = middle + 1;
      else high = middle;
    }
    const count = low - before;
    before = low;
    return count;
  });
}

function requireCount(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`the number of bins must be a positive integer, got ${count}`);
  }
}
