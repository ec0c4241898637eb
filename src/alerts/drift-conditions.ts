import { type Occurrences, risenShare } from '../monitor/risen-share.ts';
import { type Drift, raisesAlert } from '../stats/drift.ts';
import type { AlertThresholds } from './thresholds.ts';

/**
 * The conditions of the drift alerts on one variable, as the rules of Prometheus have them: each gives the value of the
 * alert where it holds, and `null` where it does not.
 */
type Value = number | null;

/** Whether a window looks like one at the same time earlier, which explains it. */
type Season = () => boolean;

const noSeason: Season = () => false;

/** ModelFeatureDrift and ModelScoreDrift: the last day drifts, or the last week, which holds the whole of a season. */
export function lastingDrift(
  day: Drift,
  week: Drift | null,
  { minPsi, minRequests }: AlertThresholds,
  isSeason = noSeason,
): Value {
  const onDay = day.samples >= minRequests['24h'] && raisesAlert(day, minPsi) && !isSeason() ? day.psi : null;
  return larger(onDay, week !== null && raisesAlert(week, minPsi) ? week.psi : null);
}

/** ModelFeatureDriftEarly: the last hour drifts. */
export function earlyDrift(
  hour: Drift,
  { minPsi, minRequests }: AlertThresholds,
  isSeason = noSeason,
): Value {
  return hour.samples >= minRequests['1h'] && raisesAlert(hour, minPsi) && !isSeason() ? hour.psi : null;
}

/** ModelFeatureDriftFast: the last ten minutes are far off. */
export function abruptDrift(tenMinutes: Drift, { minPsi, fastPsi, minRequests }: AlertThresholds): Value {
  const { samples, psi } = tenMinutes;
  const isAbrupt =
    samples >= minRequests['10m'] && psi !== null && psi > fastPsi && raisesAlert(tenMinutes, minPsi);
  return isAbrupt ? psi : null;
}

/**
 * ModelFeatureMissing, ModelFeatureUnseen and ModelFeatureOutsideRange: a share has risen on the last day or in the last
 * week.
 */
export function risenOnDayOrWeek(
  day: Occurrences,
  week: Occurrences | null,
  reference: Occurrences,
  { minShareRise: minRise, minShareRequests: minRequests }: AlertThresholds,
): Value {
  const risen = (live: Occurrences) => risenShare(live, reference, { minRise, minRequests });
  return larger(risen(day), week === null ? null : risen(week));
}

/**
 * ModelSegmentDrift asks that a segment is so many times as far off as all rows, in which what has changed in it alone is
 * diluted. One that has changed with all others is about as far off as they are, and chance takes some above a threshold
 * that all rows stay below.
 */
export const leastTimesWhole = 2;

/** ModelDriftBroad: so many features drift together that they have one cause. @param drifting of which a drift alert fires */
export function broadDrift(drifting: number, features: number, { broadShare }: AlertThresholds): Value {
  return drifting > 1 && drifting / features > broadShare ? drifting / features : null;
}

/** The value of a condition that may hold in either of two windows. */
export function larger(one: Value, other: Value): Value {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
