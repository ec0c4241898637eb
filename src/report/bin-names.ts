/** The bins' names as a person says them, in order: `29–31`, `over 52`, `good`, `missing`. */
export function binNames({
  bins,
  wholeNumbers,
}: {
  readonly bins: readonly { readonly label: string }[];
  readonly wholeNumbers: boolean;
}): string[] {
  const edges = bins.flatMap(({ label }) => binBounds(label)?.upper ?? []).filter(Number.isFinite);
  const format = formatterOf(edges, wholeNumbers);
  return bins.map(({ label }) => {
    if (label.startsWith('= ')) return label.slice(2);
    const bounds = binBounds(label);
    return bounds === undefined ? label : rangeName(bounds.lower, bounds.upper, wholeNumbers, format);
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

function rangeName(lower: number, upper: number, whole: boolean, format: (value: number) => string): string {
  if (lower === Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) return 'all values';
  if (lower === Number.NEGATIVE_INFINITY) return `up to ${format(upper)}`;
  if (upper === Number.POSITIVE_INFINITY) return `over ${format(lower)}`;
  if (!whole) return `${format(lower)}–${format(upper)}`;
  return lower + 1 === upper ? format(upper) : `${format(lower + 1)}–${format(upper)}`;
}

/** The bounds in a numeric bin's label: `03 (28, 31]` gives 28 and 31. */
export function binBounds(label: string): { lower: number; upper: number } | undefined {
  const parts = /^\d+ \((?<lower>\S+), (?<upper>[^\])]+)[\])]$/.exec(label)?.groups;
  if (parts === undefined) return undefined;
  const read = (text: string) => Number(text.replace('inf', 'Infinity'));
  return { lower: read(parts.lower), upper: read(parts.upper) };
}
