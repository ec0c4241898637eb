/** A count above this equals its own expectation to within a few per cent. */
const maxCount = 400;
const iterations = 200;
/** The step between candidate rates on the square-root scale, where a count's standard error is ½. */
const step = 0.25;

/**
 * How often something that was seen a given number of times can be expected in another sample of the same size: less
 * often if many others are about as frequent, because then those seen most often were partly lucky, and equally often
 * if nothing else is.
 *
 * The rates behind the counts are taken as a mixture that fits all of them best (maximum likelihood, by
 * expectation–maximisation on a grid), with each count as Poisson and items never seen missing from the list.
 *
 * @param counts of every item seen, each at least 1
 * @returns the mean of the rates that may have produced a count, by count; counts above 400 are not included
 *
 * Source: H. Robbins, An Empirical Bayes Approach to Statistics, Proc. Third Berkeley Symp. (1956); N. Laird,
 * Nonparametric Maximum Likelihood Estimation of a Mixing Distribution, JASA 73 (1978).
 */
export function expectedAgain(counts: Iterable<number>): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const count of counts) if (count <= maxCount) times.set(count, (times.get(count) ?? 0) + 1);
  const highest = Math.sqrt(Math.max(...times.keys(), 1)) + 1;
  const rates = Array.from({ length: Math.ceil(highest / step) }, (_, i) => ((i + 1) * step) ** 2);
  const likelihoods = [...times].map(([count, weight]) => ({
    count,
    weight,
    of: likelihoodsOf(count, rates),
  }));
  let mixture = rates.map(() => 1 / rates.length);
  for (let i = 0; i < iterations; i++) {
    const next = rates.map(() => 0);
    for (const { weight, of } of likelihoods) {
      const total = of.reduce((sum, likelihood, j) => sum + likelihood * mixture[j], 0);
      for (let j = 0; j < of.length; j++) next[j] += (weight * of[j] * mixture[j]) / total;
    }
    const all = next.reduce((sum, share) => sum + share, 0);
    mixture = next.map((share) => share / all);
  }
  return new Map(
    likelihoods.map(({ count, of }) => {
      const posterior = of.map((likelihood, j) => likelihood * mixture[j]);
      const total = posterior.reduce((sum, share) => sum + share, 0);
      return [count, posterior.reduce((sum, share, j) => sum + share * rates[j], 0) / total];
    }),
  );
}

/** How likely a count is under each rate, given that it is not 0; up to a factor. */
function likelihoodsOf(count: number, rates: readonly number[]): number[] {
  const logarithms = rates.map((rate) => count * Math.log(rate) - rate - Math.log(-Math.expm1(-rate)));
  const most = Math.max(...logarithms);
  return logarithms.map((each) => Math.exp(each - most));
}
