import { countBins, type NumericBins } from '../stats/binning.ts';
import { driftRule, driftThreshold } from '../stats/drift.ts';
import { psiNoiseCeiling } from '../stats/noise-ceiling.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { psi } from '../stats/psi.ts';

/** The traffic that the statement assumes, in requests per day. */
const requestsPerDay = 1000;
const binCount = 10;
/** Standard errors between the expected PSI and the threshold: 97.7 % of windows are then above it. */
const powerZ = 2;

const bins: NumericBins = {
  kind: 'numeric',
  edges: Array.from({ length: binCount - 1 }, (_, i) => normalQuantile((i + 1) / binCount)),
};
const standardNormal = Array.from({ length: 5000 }, (_, i) => normalQuantile((i + 0.5) / 5000));
const unshifted = countBins(bins, standardNormal);

/**
 * The PSI between a normal distribution and the same distribution moved by `shift` standard deviations, over deciles.
 */
function psiOfShift(shift: number): number {
  const live = countBins(
    bins,
    standardNormal.map((value) => value + shift),
  );
  return psi(unshifted, live, { smoothing: { pseudoCount: driftRule.pseudoCount } });
}

/**
 * The smallest shift of a normally distributed feature that is detected in 97.7 % of windows of independent rows. The
 * measured PSI is spread around psi + k/N' with variance 2k/N'² + 4·psi/N', where 1/N' = 1/N + 1/M and k = 9.
 *
 * @param referenceRows M, at least 1
 * @param liveRows N, at least 1
 * @param designEffects how many rows of either side the noise ceiling counts as one
 * @returns in standard deviations, to 0.01; Infinity if not even 5 would be detected
 */
function smallestDetectableShift(
  referenceRows: number,
  liveRows: number,
  designEffects: { readonly reference: number; readonly live: number },
): number {
  const noise = 1 / liveRows + 1 / referenceRows;
  const degreesOfFreedom = binCount - 1;
  const rows = [liveRows / designEffects.live, referenceRows / designEffects.reference] as const;
  const threshold = driftThreshold(psiNoiseCeiling(...rows, binCount, driftRule.ceilingZ));
  for (let hundredths = 1; hundredths <= 500; hundredths++) {
    const expected = psiOfShift(hundredths / 100);
    const spread = Math.sqrt(2 * degreesOfFreedom * noise ** 2 + 4 * expected * noise);
    if (expected + degreesOfFreedom * noise - powerZ * spread > threshold) return hundredths / 100;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The smallest shift, in standard deviations, that is nearly always detected at a given number of requests per day: by
 * an alert on the last day, by one on the last week, and by the verdict on that many rows. A day must also differ from
 * the same day a week ago, or it is considered seasonal (`seasons` of the alert rules): both are live traffic, and both
 * have a design effect.
 */
export function smallestDetectableDrift(referenceRows: number, requests: number) {
  const { alertDesignEffect: live } = driftRule;
  const alert = { reference: 1, live };
  return {
    day: Math.max(
      smallestDetectableShift(referenceRows, requests, alert),
      smallestDetectableShift(requests, requests, { reference: live, live }),
    ),
    week: smallestDetectableShift(referenceRows, 7 * requests, alert),
    verdict: smallestDetectableShift(referenceRows, requests, { reference: 1, live: 1 }),
  };
}

/** Whether a reference of this many rows can show any shift at all, in the verdict on a day of requests. */
export function canShowDrift(referenceRows: number): boolean {
  const alike = { reference: 1, live: 1 };
  return Number.isFinite(smallestDetectableShift(referenceRows, requestsPerDay, alike));
}

/** States the smallest drift that alerts detect with a reference of this many rows, and that a verdict shows. */
export function describeSmallestDetectableDrift(referenceRows: number): string {
  const { day, week, verdict } = smallestDetectableDrift(referenceRows, requestsPerDay);
  const reference = `With ${referenceRows.toLocaleString('en')} reference rows`;
  const requests = requestsPerDay.toLocaleString('en');
  if (![day, week, verdict].every(Number.isFinite))
    return `${reference} no shift of a feature can be distinguished from chance.`;
  const found = `${reference} and ${requests} requests a day, a feature that moves by ${day.toFixed(2)} standard deviations raises an alert within a day nearly always, one that moves by ${week.toFixed(2)} within a week; the verdict on ${requests} rows shows ${verdict.toFixed(2)}.`;
  return week > 0.5 ? `${found} A larger reference would show smaller shifts.` : found;
}
