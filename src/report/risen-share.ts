import { binomialCeiling } from '../stats/binomial-ceiling.ts';
import { driftRule } from '../stats/drift.ts';
import { minShareRequests, minShareRise } from './alert-rules.ts';

/** How often something happened in so many rows. */
export type Occurrences = { readonly count: number; readonly samples: number };

/**
 * The share of live requests when the alerts on shares take it for risen: on `minShareRequests` or more, above what
 * chance explains, and above the reference's share by more than `minShareRise`; else `null`.
 */
export function risenShare(live: Occurrences, reference: Occurrences): number | null {
  if (live.samples < minShareRequests || reference.samples === 0) return null;
  const share = live.count / live.samples;
  const ceiling = binomialCeiling(reference.count, reference.samples, live.samples, driftRule.ceilingZ);
  return share > ceiling && share - reference.count / reference.samples > minShareRise ? share : null;
}
