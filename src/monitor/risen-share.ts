import { binomialCeiling } from '../stats/binomial-ceiling.ts';
import { driftRule } from '../stats/drift.ts';

/** A share on fewer requests than this says little: they may be of one caller, or one applicant. */
export const minShareRequests = 300;
/**
 * So many live rows count as one: where each is sent three times, the alerts on shares are then still wrong in about 1
 * of 10,000 windows at most. More would take longer to find a wave of new names.
 */
export const shareDesignEffect = 2;
/** A share of missing values, of unseen ones or of those outside the range must rise by more than this. */
export const minShareRise = 0.01;
/**
 * How many rows of the reference count as outside its range. None is, but the extremes are themselves random: of as many
 * new rows, one on average would lie beyond either of them.
 */
export const outsideReferenceCount = 2;

/** How often something happened in so many rows. */
export type Occurrences = { readonly count: number; readonly samples: number };

/**
 * The share of live requests when the alerts on shares take it for risen: on `minRequests` or more, above what chance
 * explains, and above the reference's share by more than `minRise`; else `null`.
 */
export function risenShare(
  live: Occurrences,
  reference: Occurrences,
  { minRise = minShareRise, minRequests = minShareRequests } = {},
): number | null {
  if (live.samples < minRequests || reference.samples === 0) return null;
  const share = live.count / live.samples;
  const rows = live.samples / shareDesignEffect;
  const ceiling = binomialCeiling(reference.count, reference.samples, rows, driftRule.ceilingZ);
  return share > ceiling && share - reference.count / reference.samples > minRise ? share : null;
}
