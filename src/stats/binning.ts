import { atomBetween } from './atom.ts';
import { indexCategories } from './category-text.ts';

/**
 * How one variable is cut into bins. The bins are made once, from the reference, and never move with the live window,
 * so counts taken in different replicas and at different times can be added up.
 *
 * Convention: bin `i` of a numeric variable is `(edges[i-1], edges[i]]`, open to −∞ on the left of the first edge
 * and to +∞ on the right of the last one. The upper edge is inclusive, as in a Prometheus histogram (`le`).
 */
export type NumericBins = {
  readonly kind: 'numeric';
  /** Strictly ascending. `edges.length + 1` value bins, then one bin for missing values. */
  readonly edges: readonly number[];
};

/** The bins of a variable of which each value is a category. */
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
 * Edges that cut `[min, max]` into bins of the same width; the outer bins are open beyond `min` and `max`.
 *
 * @returns `count − 1` edges, strictly ascending; none when `min` equals `max`
 * @throws RangeError if `min` or `max` is not finite, `min > max`, or `count` is not a positive integer
 */
export function equalWidthEdges(min: number, max: number, count: number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`the number of bins must be a positive integer, got ${count}`);
  }
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

/**
 * The index of the value bin that holds `value`, by binary search. `value` must be a number other than NaN; this is not
 * checked.
 */
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

/** The index of the bin for categories that do not occur in the reference. */
export function unseenBin(bins: CategoricalBins): number {
  return missingBin(bins) + 1;
}

/** What one value bin holds, in terms a person would use. */
export type NumericRange = {
  /** Excluded, except in the bin of one frequent value, where both `lower` and `upper` are that value. */
  readonly lower: number;
  readonly upper: number;
  /** Whether `upper` is included. It is not where the next bin is that of one frequent value. */
  readonly isClosed: boolean;
};

/**
 * What each value bin holds. A bin made for one frequent value is described by that value, and so are the adjacent ends
 * of its neighbours.
 */
export function numericRanges(edges: readonly number[]): NumericRange[] {
  const lowers = [Number.NEGATIVE_INFINITY, ...edges];
  const uppers = [...edges, Number.POSITIVE_INFINITY];
  const atoms = lowers.map((lower, i) => atomBetween(lower, uppers[i]));
  return atoms.map((atom, i) => {
    const next = atoms[i + 1] ?? null;
    return {
      lower: atom ?? atoms[i - 1] ?? lowers[i],
      upper: atom ?? next ?? uppers[i],
      isClosed: atom !== null || (next === null && i < edges.length),
    };
  });
}

type BinContent =
  | (NumericRange & { readonly kind: 'range' })
  | { readonly kind: 'category'; readonly category: string }
  | { readonly kind: 'other' | 'missing' | 'unseen' };

/** One bin: what it holds, and its label, which names it in everything that leaves the process. */
export type Bin = BinContent & { readonly label: string };

/** Each bin, in the bins' order. The labels are those of `binLabels`. */
export function binsOf(bins: Bins): Bin[] {
  const digits = bins.kind === 'numeric' ? Math.max(2, String(bins.edges.length).length) : 0;
  return contentsOf(bins).map((bin, i) => ({ ...bin, label: labelOf(bin, String(i).padStart(digits, '0')) }));
}

function contentsOf(bins: Bins): BinContent[] {
  if (bins.kind === 'numeric') {
    const ranges = numericRanges(bins.edges).map((range) => ({ kind: 'range' as const, ...range }));
    return [...ranges, { kind: 'missing' }];
  }
  const categories = bins.categories.map((category) => ({ kind: 'category' as const, category }));
  const other = bins.grouped.length > 0 ? [{ kind: 'other' as const }] : [];
  return [...categories, ...other, { kind: 'missing' }, { kind: 'unseen' }];
}

/**
 * One label per bin, all different, in the bins' order: `00 (-inf, 23]`, `03 (28, 31]`, `09 (52.5, +inf)` (the leading
 * number makes the order of the text that of the values), `= good`, `other`, `missing`, `unseen`. The bin of one
 * frequent number is named after it, and so are the adjacent ends of its neighbours: `00 (-inf, 0)`, `01 = 0`, `02 (0,
 * 17]`.
 */
export function binLabels(bins: Bins): string[] {
  return binsOf(bins).map(({ label }) => label);
}

/** The prefix of a category in its label. */
export const categoryMark = '= ';

function labelOf(bin: BinContent, number: string): string {
  if (bin.kind === 'category') return `${categoryMark}${bin.category}`;
  if (bin.kind !== 'range') return bin.kind;
  const { lower, upper, isClosed } = bin;
  if (lower === upper) return `${number} = ${upper}`;
  return `${number} (${edgeText(lower)}, ${edgeText(upper)}${isClosed ? ']' : ')'}`;
}

function edgeText(edge: number): string {
  if (Number.isFinite(edge)) return String(edge);
  return edge < 0 ? '-inf' : '+inf';
}

/**
 * What a record of a single row holds in place of a value, one text per bin: the bin's label, or for a category its
 * number, because its label would reveal the value. To interpret `02`, a reader needs the model file.
 */
export function recordedBins(bins: Bins): string[] {
  const labels = binLabels(bins);
  if (bins.kind === 'numeric') return labels;
  return labels.map((label, i) => (i < bins.categories.length ? String(i).padStart(2, '0') : label));
}

/**
 * The index of each bin by the text that records use for it, and by its label, which older records use for a category.
 *
 * @param knowsNumbers whether the bins are those of the model that made the records; other models number their
 * categories differently
 */
export function indexRecordedBins(bins: Bins, knowsNumbers = true): ReadonlyMap<unknown, number> {
  const texts = knowsNumbers ? [recordedBins(bins), binLabels(bins)] : [binLabels(bins)];
  return new Map(texts.flatMap((each) => each.map((text, i) => [text, i] as const)));
}

/**
 * Makes the function that finds a value's bin. `null` and `undefined` are missing. Numeric: anything that is not a
 * finite number is missing too. Categorical: a value names a category as `indexCategories` defines (`1` is the category
 * `'1'`); a category that is not in the reference is unseen.
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
