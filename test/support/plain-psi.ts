/**
 * The population stability index of values against a reference, computed without any of the code under test: values
 * are counted one by one, ½ is added to each bin on both sides, and (p − q) ln(p / q) is summed.
 *
 * @param binOf the bin of a value, among those of `reference`
 */
export function plainPsi(
  reference: readonly number[],
  values: readonly unknown[],
  binOf: (value: unknown) => number,
): { counts: number[]; psi: number } {
  const counts = reference.map(() => 0);
  for (const value of values) counts[binOf(value)] += 1;
  const rows = reference.reduce((sum, count) => sum + count, 0);
  let psi = 0;
  for (const [i, count] of counts.entries()) {
    const p = (count + 0.5) / (values.length + counts.length / 2);
    const q = (reference[i] + 0.5) / (rows + counts.length / 2);
    psi += (p - q) * Math.log(p / q);
  }
  return { counts, psi };
}

/** The bin of a number: the first whose upper edge it does not exceed, or the one above all edges. */
export function plainBinOf(edges: readonly number[]): (value: unknown) => number {
  return (value) => edges.filter((edge) => Number(value) > edge).length;
}
