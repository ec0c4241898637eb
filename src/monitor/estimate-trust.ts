import { type Bins, unseenBin } from '../stats/binning.ts';
import { sumCounts } from '../stats/smoothing.ts';
import { formatFixedShare } from '../text/format.ts';
import { variableCounts } from './live-drift.ts';
import type { Monitor } from './monitor.ts';
import type { Cell, PerformanceSums } from './performance.ts';
import type { ScoreBins } from './performance-comparison.ts';
import { byBin, total } from './performance-figures.ts';
import { type Occurrences, outsideReferenceCount, risenShare } from './risen-share.ts';

/** When an estimate cannot be trusted because the calibration has hardly any training rows for the live scores. */
export const trustRule = {
  /** A score bin with fewer training rows than this says little of its probability. */
  minBinRows: 20,
  /** Few training rows are spread over bins of fewer rows; a bin then needs this share of them, half of an average bin. */
  minBinShare: 0.01,
  /** How much the share of scores in such bins must exceed that in training. */
  minRise: 0.05,
} as const;

/** Whether an estimate without outcomes can be trusted, and if not, why. */
export type Trust = { readonly isTrusted: boolean; readonly reasons: readonly string[] };

/** The score bins, as 0 or 1, that have too few training rows to say what their scores mean. */
function thinBins({ counts }: Pick<ScoreBins, 'counts'>): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const enough = Math.min(trustRule.minBinRows, trustRule.minBinShare * rows);
  return counts.map((count) => (count < enough ? 1 : 0));
}

/**
 * An estimate rests on the reference: it is in doubt while inputs lie outside it, as the model then extrapolates, or
 * while live scores fall where the calibration has hardly any rows.
 *
 * @param monitor the counts of the inputs over the same window; without it only the scores are judged
 * @param inputs its counts over the window
 */
export function judgeTrust(
  cells: readonly Cell[],
  sums: Pick<PerformanceSums, 'predictions'>,
  scoreBins: Pick<ScoreBins, 'counts'>,
  monitor?: Pick<Monitor, 'variables'>,
  inputs: Readonly<Float64Array> = new Float64Array(),
): Trust {
  // the last variable is the score, which is judged by the calibration's rows
  const features = monitor?.variables.slice(0, -1) ?? [];
  const reasons = features.flatMap((feature) =>
    inputDoubts(feature, {
      counts: variableCounts(feature, inputs),
      outside: inputs[feature.below] + inputs[feature.above],
    }),
  );
  const thin = thinBins(scoreBins);
  const occurrences = (counts: ArrayLike<number>): Occurrences => ({
    count: thin.reduce((sum, isThin, bin) => sum + isThin * counts[bin], 0),
    samples: total(Float64Array.from(counts)),
  });
  const share = risenShare(occurrences(byBin(cells, sums.predictions)), occurrences(scoreBins.counts), {
    minRise: trustRule.minRise,
  });
  if (share !== null)
    reasons.push(`${formatFixedShare(share)} of the scores are where the reference has hardly any`);
  return { isTrusted: reasons.length === 0, reasons };
}

/**
 * Why an estimate is in doubt because of one input; empty where it is not, and for an input that is known to contribute
 * the same to every score.
 *
 * @param live its counts by bin, and how many of its values are outside the range of the reference
 */
export function inputDoubts(
  {
    name,
    bins,
    counts,
    effects,
  }: {
    readonly name: string;
    readonly bins: Bins;
    readonly counts: readonly number[];
    readonly effects?: readonly number[] | undefined;
  },
  live: { readonly counts: ArrayLike<number>; readonly outside: number },
): string[] {
  if (effects?.every((effect) => effect === 0)) return [];
  const [samples, referenceSamples] = [sumCounts(live.counts), sumCounts(counts)];
  const risen = (count: number, before: number) =>
    risenShare({ count, samples }, { count: before, samples: referenceSamples });
  if (bins.kind === 'numeric') {
    const outside = risen(live.outside, outsideReferenceCount);
    return outside === null
      ? []
      : [`${formatFixedShare(outside)} of ${name} lies outside the range of the reference`];
  }
  const unknown = risen(live.counts[unseenBin(bins)], counts[unseenBin(bins)]);
  return unknown === null ? [] : [`${formatFixedShare(unknown)} of ${name} is of no known category`];
}
