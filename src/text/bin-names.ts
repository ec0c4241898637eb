import type { Bin, NumericRange } from '../stats/binning.ts';

/** The bins' names for people, in order: `29–31`, `over 52`, `0`, `good`, `missing`. */
export function binNames(bins: readonly Bin[], wholeNumbers: boolean): string[] {
  const ends = bins.flatMap((bin) => (bin.kind === 'range' ? bin.upper : [])).filter(Number.isFinite);
  const format = formatterOf([...new Set(ends)], wholeNumbers);
  return bins.map((bin) => {
    if (bin.kind === 'category') return bin.category;
    return bin.kind === 'range' ? rangeName(bin, wholeNumbers, format) : bin.kind;
  });
}

/** Writes numbers with as few digits as distinguish all edges, but at least three. */
function formatterOf(edges: readonly number[], whole: boolean): (value: number) => string {
  for (let digits = 3; digits < 15 && !whole; digits++) {
    const { format } = new Intl.NumberFormat('en', { maximumSignificantDigits: digits });
    if (new Set(edges.map(format)).size === edges.length) return format;
  }
  return new Intl.NumberFormat('en', { maximumFractionDigits: 15 }).format;
}

function rangeName(
  { lower, upper, isClosed }: NumericRange,
  whole: boolean,
  format: (value: number) => string,
): string {
  if (lower === upper) return format(upper);
  if (lower === Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) return 'all values';
  const [low, high] = whole ? [Math.floor(lower), Math.floor(upper)] : [lower, upper];
  if (lower === Number.NEGATIVE_INFINITY) return `${isClosed ? 'up to' : 'below'} ${format(high)}`;
  if (upper === Number.POSITIVE_INFINITY) return `over ${format(low)}`;
  const [first, last] = whole ? [low + 1, isClosed ? high : high - 1] : [low, high];
  // there is no whole number between this frequent number and the next
  if (first > last) return `${format(low)}–${format(high)}`;
  return first === last ? format(first) : `${format(first)}–${format(last)}`;
}
