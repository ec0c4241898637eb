import type { Interval } from './interval.ts';

/** Intervals of shares have 95 % coverage. They are for display only: no verdict rests on one. */
export const intervalZ = 1.96;

/**
 * The score interval of a share: all shares p with |share − p| ≤ z·√(p(1 − p)/n), that is (share + z²/2n ± z·√(share(1
 * − share)/n + z²/4n²)) / (1 + z²/n). Unlike share ± z standard errors it lies within 0..1, and it is informative for
 * few rows and for shares of 0 and 1. It assumes independent rows.
 *
 * @param share 0..1
 * @param samples the number of observations that it is a share of, above 0, not necessarily whole
 *
 * Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
 */
export function wilsonInterval(share: number, samples: number): Interval {
  const shift = intervalZ ** 2 / (2 * samples);
  const reach = intervalZ * Math.sqrt((share * (1 - share)) / samples + (shift / intervalZ) ** 2);
  const end = (sign: 1 | -1) => Math.min(1, Math.max(0, (share + shift + sign * reach) / (1 + 2 * shift)));
  return { low: end(-1), high: end(1) };
}
