import type { NumericRange } from '../stats/binning.ts';

/** The bins' names as a person says them, in order: `29–31`, `over 52`, `0`, `good`, `missing`. */
export function binNames({
  bins,
  wholeNumbers,
}: {
  readonly bins: readonly { readonly label: string }[];
  readonly wholeNumbers: boolean;
}): string[] {
  const ends = bins.flatMap(({ label }) => rangeOf(label)?.upper ?? []).filter(Number.isFinite);
  const format = formatterOf([...new Set(ends)], wholeNumbers);
  return bins.map(({ label }) => {
    if (label.startsWith('= ')) return label.slice(2);
    const range = rangeOf(label);
    return range === undefined ? label : rangeName(range, wholeNumbers, format);
  });
}

/** Writes numbers with as few digits, but at least three, as tell all edges apart. */
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
  // nothing whole lies between one frequent number and the next
  if (first > last) return `${format(low)}–${format(high)}`;
  return first === last ? format(first) : `${format(first)}–${format(last)}`;
}

/** What the label of a numeric bin says: `03 (28, 31]` is from 28 to 31, `01 = 0` is 0. */
export function rangeOf(label: string): NumericRange | undefined {
  const atom = /^\d+ = (?<value>\S+)$/.exec(label)?.groups;
  if (atom !== undefined) return { lower: Number(atom.value), upper: Number(atom.value), isClosed: true };
  const parts = /^\d+ \((?<lower>\S+), (?<upper>[^\])]+)(?<end>[\])])$/.exec(label)?.groups;
  if (parts === undefined) return undefined;
  const read = (text: string) => Number(text.replace('inf', 'Infinity'));
  return { lower: read(parts.lower), upper: read(parts.upper), isClosed: parts.end === ']' };
}
