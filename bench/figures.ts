/** The median, minimum and maximum of the figures: the summary of noisy runs. */
export type Figure = { readonly median: number; readonly min: number; readonly max: number };

/** Sums up the figures of one quantity over the rounds. @throws RangeError without any */
export function summarise(values: readonly number[]): Figure {
  if (values.length === 0) throw new RangeError('no figures to sum up');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** As in `10.2 (9.8–11.0)`; without the brackets if minimum and maximum are unknown or the same. */
export function formatFigure(
  { median, min, max }: Pick<Figure, 'median'> & Partial<Figure>,
  digits = 0,
): string {
  const isRange = min !== undefined && max !== undefined && min !== max;
  const range = isRange ? ` (${formatNumber(min, digits)}–${formatNumber(max, digits)})` : '';
  return `${formatNumber(median, digits)}${range}`;
}

/** A number with a fixed number of decimals, in groups of three digits. */
export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
