import type { BinaryClasses } from '../model/output-classes.ts';

/**
 * The index of the positive class among a model's two probabilities: libraries sort the classes, as numbers if both are
 * numbers, otherwise as texts. So of `bad` and `good`, `bad` is the first.
 */
export function positiveColumn({ positive, negative }: BinaryClasses): 0 | 1 {
  const [p, n] = [Number(positive), Number(negative)];
  const areNumbers = positive.trim() !== '' && negative.trim() !== '' && !Number.isNaN(p + n);
  return (areNumbers ? p < n : comparePoints(positive, negative) < 0) ? 0 : 1;
}

/** By code points, as Python compares texts; JavaScript compares UTF-16 units. */
function comparePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
