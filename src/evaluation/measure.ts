import type { Artifact } from '../model/artifact.ts';
import { learntFromOutcomes } from '../model/learnt.ts';
import { livePerformance } from '../monitor/live-performance.ts';
import { createPerformance } from '../monitor/performance.ts';
import { heldOutRocAuc } from '../monitor/performance-comparison.ts';
import { withoutUnidentified } from '../monitor/performance-figures.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import { judgePerformance, type PerformanceVerdict } from '../monitor/performance-verdict.ts';
import { numericBinIndex } from '../stats/binning.ts';
import { accuracy, type Confusion, confusion, f1, precision, recall } from '../stats/confusion.ts';
import { brierScore, expectedCalibrationError, logLoss } from '../stats/probability-scores.ts';
import { rocAuc } from '../stats/roc-auc.ts';
import type { LabelledData, LabelledRows } from './labelled-rows.ts';

/** The figures that have an interval, in the order in which they are shown. */
export const figureNames = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'brier',
  'logLoss',
  'expectedCalibrationError',
] as const;

export type FigureName = (typeof figureNames)[number];

/** `null` for a figure that the rows leave undefined. */
export type Figures = Readonly<Record<FigureName, number | null>>;

/** Figures of the whole population that need outcomes of all decisions. */
export const needAllDecisions: readonly FigureName[] = ['accuracy', 'recall', 'f1', 'rocAuc'];

type Rows = Omit<LabelledRows, 'slices'>;

/** One band of the score: rows in it, their mean score and the share of positives. */
export type ReliabilityBand = {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly meanScore: number | null;
  readonly positiveShare: number | null;
};

/**
 * How scores and outcomes agree, band by band.
 *
 * @param bandEdges interior edges of the bands
 */
export function reliability({ scores, outcomes }: Rows, bandEdges: readonly number[]): ReliabilityBand[] {
  const { counts, expected, positives } = sumBands(scores, outcomes, bandEdges);
  const mean = (sum: number, samples: number) => (samples > 0 ? sum / samples : null);
  return Array.from(counts, (samples, i) => ({
    from: i === 0 ? 0 : bandEdges[i - 1],
    to: bandEdges[i] ?? 1,
    samples,
    meanScore: mean(expected[i], samples),
    positiveShare: mean(positives[i], samples),
  }));
}

/** The greatest mean score or share of positives of all bands; 1 if there is none. */
export function highestOf(bands: readonly ReliabilityBand[]): number {
  return (
    Math.max(...bands.map(({ meanScore, positiveShare }) => Math.max(meanScore ?? 0, positiveShare ?? 0))) ||
    1
  );
}

function sumBands(scores: ArrayLike<number>, outcomes: ArrayLike<number>, bandEdges: readonly number[]) {
  const bands = bandEdges.length + 1;
  const counts = new Float64Array(bands);
  const expected = new Float64Array(bands);
  const positives = new Float64Array(bands);
  for (let i = 0; i < scores.length; i++) {
    const band = numericBinIndex(bandEdges, scores[i]);
    counts[band]++;
    expected[band] += scores[i];
    positives[band] += outcomes[i];
  }
  return { counts, expected, positives };
}

/**
 * The figures of labelled rows, each from the rows themselves.
 *
 * @param bandEdges interior edges of the bands of the score over which the calibration error is taken
 */
export function measureRows(
  { scores, predictions, outcomes }: Rows,
  bandEdges: readonly number[],
): Figures & {
  readonly samples: number;
  readonly confusion: Confusion;
} {
  const counts = confusion(predictions, outcomes);
  const bands = sumBands(scores, outcomes, bandEdges);
  return {
    samples: scores.length,
    accuracy: accuracy(counts),
    precision: precision(counts),
    recall: recall(counts),
    f1: f1(counts),
    rocAuc: rocAuc(scores, outcomes),
    brier: brierScore(scores, outcomes),
    logLoss: logLoss(scores, outcomes),
    expectedCalibrationError: expectedCalibrationError(bands.counts, bands.expected, bands.positives),
    confusion: counts,
  };
}

/** What the running service and Prometheus make of the same rows, from their counts a score bin. */
export type BinnedRows = {
  readonly rocAuc: number | null;
  /** How far the AUC of the rows can be from it. */
  readonly rocAucMaxError: number | null;
  /** What the AUC over the same bins was on the rows of the model file; `null` where their outcomes were not known. */
  readonly modelFileRocAuc: number | null;
  /** Its bands are made of whole bins, so it is that of the rows. */
  readonly expectedCalibrationError: number | null;
};

/** The figures that bins change, and the verdict that the service would reach by them. */
export function measureBinned(
  { scores, outcomes, coverage }: Rows & Pick<LabelledData, 'coverage'>,
  artifact: Artifact,
): { readonly binned: BinnedRows; readonly judged: PerformanceVerdict } {
  const counted = createPerformance(performanceReferenceOf(artifact));
  for (let i = 0; i < scores.length; i++) counted.addOutcome(scores[i], outcomes[i]);
  const learnt = learntFromOutcomes(artifact);
  const live = livePerformance(counted, learnt?.bins);
  const { realised } = live;
  const isIdentified = coverage?.isIdentified ?? true;
  return {
    binned: {
      rocAuc: realised.rocAuc.value,
      rocAucMaxError: realised.rocAuc.maxError,
      modelFileRocAuc: (learnt && heldOutRocAuc(learnt.bins)?.value) ?? null,
      expectedCalibrationError: realised.expectedCalibrationError,
    },
    judged: judgePerformance(
      {
        ...live,
        coverage: { isIdentified },
        realised: isIdentified ? realised : withoutUnidentified(realised),
      },
      learnt,
    ),
  };
}
