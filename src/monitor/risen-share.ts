import { binomialCeiling } from '../stats/binomial-ceiling.ts';
import { driftRule } from '../stats/drift.ts';

/** A share of fewer requests than this says little: they may come from one caller, or concern one applicant. */
export const minShareRequests = 300;
/**
 * This many live rows count as one: even if each is sent three times, alerts on shares are then wrong in at most about
 * 1 of 10,000 windows. A larger number would delay the detection of a wave of new names.
 */
export const shareDesignEffect = 2;
/** A share of missing, unseen or out-of-range values must rise by more than this. */
export const minShareRise = 0.01;
/**
 * How many rows of the reference count as outside its range. None is, but the extremes are themselves random: among as
 * many new rows, one on average would lie beyond each of them.
 */
export const outsideReferenceCount = 2;

/** How often something happened in a number of rows. */
export type Occurrences = { readonly count: number; readonly samples: number };

/**
 * The share of live requests if the alerts on shares consider it risen: over at least `minRequests`, above what chance
 * explains, and above the reference's share by more than `minRise`; otherwise `null`.
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
