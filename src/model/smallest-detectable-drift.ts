import { countBins, type NumericBins } from '../stats/binning.ts';
import { driftRule, driftThreshold } from '../stats/drift.ts';
import { psiNoiseCeiling } from '../stats/noise-ceiling.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { psi } from '../stats/psi.ts';

/** The traffic that the statement is made for, in requests a day. */
const requestsPerDay = 1000;
const binCount = 10;
/** Standard errors between the expected PSI and the limit: 97.7 % of windows are then above it. */
const powerZ = 2;

const bins: NumericBins = {
  kind: 'numeric',
  edges: Array.from({ length: binCount - 1 }, (_, i) => normalQuantile((i + 1) / binCount)),
};
const standardNormal = Array.from({ length: 5000 }, (_, i) => normalQuantile((i + 0.5) / 5000));
const unshifted = countBins(bins, standardNormal);

/** The PSI between a normal distribution and the same moved by `shift` standard deviations, over deciles. */
function psiOfShift(shift: number): number {
  const live = countBins(
    bins,
    standardNormal.map((value) => value + shift),
  );
  return psi(unshifted, live, { smoothing: { pseudoCount: driftRule.pseudoCount } });
}

/**
 * The smallest shift of a normally distributed feature that is found in 97.7 % of windows of independent rows.
 * The measured PSI is spread around psi + k/N' with variance 2k/N'² + 4·psi/N', where 1/N' = 1/N + 1/M and k = 9.
 *
 * @param referenceRows M, at least 1
 * @param liveRows N, at least 1
 * @param designEffect how many live rows the noise ceiling counts as one: 1 for a verdict, for an alert
 *   `driftRule.alertDesignEffect`
 * @returns in standard deviations, to 0.01; Infinity when not even 5 would be found
 */
export function smallestDetectableShift(
  referenceRows: number,
  liveRows: number,
  designEffect: number,
): number {
  const noise = 1 / liveRows + 1 / referenceRows;
  const degreesOfFreedom = binCount - 1;
  const ceiling = psiNoiseCeiling(liveRows / designEffect, referenceRows, binCount, driftRule.ceilingZ);
  const limit = driftThreshold(ceiling);
  for (let hundredths = 1; hundredths <= 500; hundredths++) {
    const expected = psiOfShift(hundredths / 100);
    const spread = Math.sqrt(2 * degreesOfFreedom * noise ** 2 + 4 * expected * noise);
    if (expected + degreesOfFreedom * noise - powerZ * spread > limit) return hundredths / 100;
  }
  return Number.POSITIVE_INFINITY;
}

/** Says in words the smallest drift that alerts find with a reference of so many rows, and that a verdict shows. */
export function describeSmallestDetectableDrift(referenceRows: number): string {
  const { alertDesignEffect } = driftRule;
  const day = smallestDetectableShift(referenceRows, requestsPerDay, alertDesignEffect);
  const week = smallestDetectableShift(referenceRows, 7 * requestsPerDay, alertDesignEffect);
  const verdict = smallestDetectableShift(referenceRows, requestsPerDay, 1);
  const reference = `With ${referenceRows.toLocaleString('en')} reference rows`;
  const requests = requestsPerDay.toLocaleString('en');
  if (![day, week, verdict].every(Number.isFinite))
    return `${reference} no shift of a feature can be told from chance.`;
  const found = `${reference} and ${requests} requests a day, a feature that moves by ${day.toFixed(2)} standard deviations raises an alert within a day nearly always, one that moves by ${week.toFixed(2)} within a week; the verdict on ${requests} rows shows ${verdict.toFixed(2)}.`;
  return week > 0.5 ? `${found} A larger reference would show less.` : found;
}
