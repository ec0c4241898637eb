import { countBins, type NumericBins } from '../stats/binning.ts';
import { driftRule, driftThreshold } from '../stats/drift.ts';
import { psiNoiseCeiling } from '../stats/noise-ceiling.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { psi } from '../stats/psi.ts';

/** Live rows that the statement is made for. */
const liveRows = 1000;
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
 * The smallest shift of a normally distributed feature that `driftRule` finds in 97.7 % of windows of 1,000 live rows.
 * The measured PSI is spread around psi + k/N' with variance 2k/N'² + 4·psi/N', where 1/N' = 1/N + 1/M and k = 9.
 *
 * @param referenceRows M, at least 1
 * @returns in standard deviations, to 0.01; Infinity when not even 5 would be found
 */
export function smallestDetectableShift(referenceRows: number): number {
  const noise = 1 / liveRows + 1 / referenceRows;
  const degreesOfFreedom = binCount - 1;
  const ceiling = psiNoiseCeiling(liveRows, referenceRows, binCount, driftRule.ceilingZ);
  const limit = driftThreshold(ceiling);
  for (let hundredths = 1; hundredths <= 500; hundredths++) {
    const expected = psiOfShift(hundredths / 100);
    const spread = Math.sqrt(2 * degreesOfFreedom * noise ** 2 + 4 * expected * noise);
    if (expected + degreesOfFreedom * noise - powerZ * spread > limit) return hundredths / 100;
  }
  return Number.POSITIVE_INFINITY;
}

/** Says in words the smallest drift that a reference of so many rows can show. */
export function describeSmallestDetectableDrift(referenceRows: number): string {
  const shift = smallestDetectableShift(referenceRows);
  const rows = `${referenceRows.toLocaleString('en')} reference rows and ${liveRows.toLocaleString('en')} live ones`;
  if (!Number.isFinite(shift)) return `With ${rows} no shift of a feature can be told from chance.`;
  const found = `With ${rows} a feature that moves by ${shift.toFixed(2)} standard deviations is found nearly always`;
  return shift > 0.5
    ? `${found}; half a standard deviation may go unnoticed: a larger reference would show it.`
    : `${found}.`;
}
