/**
 * The first Wasserstein ("earth mover's") distance between two samples: the area between their cumulative
 * distributions, ∫ |F − G|. It has the unit of the values: how far, on average, mass must move to turn one into the
 * other. A shift by d gives |d|. O(n).
 *
 * @param a values, ascending and finite, at least one; not checked
 * @param b the same; the numbers of values may differ
 *
 * Source: S. S. Vallender, Calculation of the Wasserstein Distance Between Probability Distributions on the Line,
 * Theory Probab. Appl. 18 (1974).
 */
export function wassersteinDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let area = 0;
  let i = 0;
  let j = 0;
  let x = Math.min(a[0], b[0]);
  while (i < a.length || j < b.length) {
    const next = j === b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
    area += Math.abs(i / a.length - j / b.length) * (next - x);
    x = next;
    while (i < a.length && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
  }
  return area;
}
