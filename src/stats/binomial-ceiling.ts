/**
 * The largest share of live observations that chance alone can explain, for events to which a PSI is not sensitive
 * enough: missing values, unseen values, refused requests. A live share above it is a change.
 *
 * Both shares are put on the arcsine scale, where a share's standard error is 1/(2√N) whatever the share, with one
 * observation added to each side of both samples (Laplace's rule of succession). So the sampling error of the reference
 * is included, and a reference share of 0 means "rare" rather than "impossible":
 *
 *     s = sin²(asin√((m + 1)/(M + 2)) + z/2·√(1/N + 1/M)),  the largest n has (n + 1)/(N + 2) ≤ s
 *
 * By exact summation over both binomials, with z = 4.5, at most 2.5 in 100,000 windows without a change lie above it,
 * for every share, N from 5 and M from 100. O(1).
 *
 * @param referenceCount m, how often the event happened in the reference
 * @param referenceSamples M
 * @param samples N, live observations
 * @param z standard normal quantile; the rules use 4.5
 * @returns a share in 0..1; 1 when one side has no samples, since nothing can be concluded then
 *
 * Source: F. J. Anscombe, The Transformation of Poisson, Binomial and Negative-Binomial Data, Biometrika 35 (1948).
 */
export function binomialCeiling(
  referenceCount: number,
  referenceSamples: number,
  samples: number,
  z: number,
): number {
  const expected = Math.asin(Math.sqrt((referenceCount + 1) / (referenceSamples + 2)));
  const noise = (z / 2) * Math.sqrt(1 / samples + 1 / referenceSamples);
  const smoothed = Math.sin(Math.min(Math.PI / 2, expected + noise)) ** 2;
  return Math.min(1, ((samples + 2) * smoothed - 1) / samples);
}
