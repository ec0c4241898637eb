/** The result of the two-sample Kolmogorov–Smirnov test. */
export type KolmogorovSmirnov = {
  /** The largest distance between the two cumulative distributions, 0..1. */
  readonly statistic: number;
  /** The probability of a statistic at least as large if both samples come from the same distribution. */
  readonly p: number;
  /** Whether `p` is exact or from the limit for large samples. */
  readonly method: 'exact' | 'asymptotic';
};

/** Beyond this many values on one side the exact p costs too much (it is quadratic) and the limit is just as good. */
const largestExactSample = 10_000;

/**
 * The two-sample Kolmogorov–Smirnov test, two-sided.
 *
 * p is exact up to 10,000 values per side. Ties make it conservative: it is the p of samples without ties at the same
 * statistic. O(n) for the statistic, O(n·m·statistic) for an exact p.
 *
 * @param reference values, ascending and finite, at least one; not checked
 * @param live the same; the numbers of values may differ
 *
 * Source: N. Smirnov, 1939; W. J. Conover, Practical Nonparametric Statistics, 3rd ed., chapter 6.
 */
export function kolmogorovSmirnov(reference: ArrayLike<number>, live: ArrayLike<number>): KolmogorovSmirnov {
  const statistic = statisticOf(reference, live);
  const n = reference.length;
  const m = live.length;
  if (Math.max(n, m) <= largestExactSample) {
    return { statistic, p: kolmogorovSmirnovExactP(statistic, n, m), method: 'exact' };
  }
  return { statistic, p: kolmogorovSmirnovAsymptoticP(statistic, n, m), method: 'asymptotic' };
}

function statisticOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i], b[j]);
    while (a[i] === x) i++;
    while (b[j] === x) j++;
    // Whole numbers keep equal distances equal.
    largest = Math.max(largest, Math.abs(i * b.length - j * a.length));
  }
  return largest / (a.length * b.length);
}

/**
 * The exact probability of a statistic of at least `statistic` for samples of `n` and `m` values without drift.
 *
 * Merging the samples is a walk from (0, 0) to (n, m), all walks being equally likely; the statistic is how far it
 * strays from the diagonal. The probability of having strayed by (i, j) is the mean, weighted by i and j, of the
 * probabilities at the two points that lead there. Working with probabilities rather than counts of walks avoids both
 * overflow and cancellation: p stays exact to rounding down to 1e-300. O(n·m·statistic) time, O(m) memory.
 *
 * Source: J. L. Hodges, The Significance Probability of the Smirnov Two-Sample Test, Ark. Mat. 3 (1958).
 */
export function kolmogorovSmirnovExactP(statistic: number, n: number, m: number): number {
  const limit = Math.round(statistic * n * m);
  if (limit === 0) return 1;
  const strayed = new Float64Array(m + 1).fill(1);
  for (let i = 0; i <= n; i++) {
    // Within: |i·m − j·n| < limit. Everything outside has certainly strayed.
    const from = Math.max(0, Math.floor((i * m - limit) / n) + 1);
    const to = Math.min(m, Math.ceil((i * m + limit) / n) - 1);
    if (from > to) return 1;
    if (from > 0) strayed[from - 1] = 1;
    for (let j = from; j <= to; j++) {
      if (i + j === 0) strayed[0] = 0;
      else strayed[j] = (strayed[j] * i + (j > 0 ? strayed[j - 1] * j : 0)) / (i + j);
    }
  }
  return strayed[m];
}

/**
 * The probability as both samples grow: Kolmogorov's limit Q(λ) = 2·Σ (−1)^(k−1)·exp(−2k²λ²) at
 * λ = statistic·√(n·m/(n + m)). Conservative where a sample is small.
 *
 * Source: A. Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933); for small λ its theta-function form, G. Marsaglia,
 * W. W. Tsang, J. Wang, Evaluating Kolmogorov's Distribution, J. Stat. Softw. 8 (2003).
 */
export function kolmogorovSmirnovAsymptoticP(statistic: number, n: number, m: number): number {
  const lambda = statistic * Math.sqrt((n / (n + m)) * m);
  let sum = 0;
  if (lambda < 1) {
    // The alternating series converges badly here; this one does in a few terms.
    for (let k = 1; k < 20; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * lambda * lambda));
    return lambda === 0 ? 1 : 1 - (Math.sqrt(2 * Math.PI) / lambda) * sum;
  }
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return sum;
}
