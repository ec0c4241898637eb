import type { Artifact } from '../model/artifact.ts';
import { type Learnt, learntFromOutcomes } from '../model/learnt.ts';
import type { OutcomeDelays } from '../monitor/outcome-delays.ts';
import type { Performance, PerformanceField } from '../monitor/performance.ts';
import { comparedWith, rocAucShrinkage } from '../monitor/performance-comparison.ts';
import { byBin } from '../monitor/performance-figures.ts';
import { trainingShare } from '../monitor/performance-reference.ts';
import { scoreBandEdges, scoreBandOf } from '../monitor/score-bands.ts';
import { binLabels } from '../stats/binning.ts';
import type { Instrument } from './instrument.ts';
import { instruments } from './instruments.ts';
import {
  counterData,
  gaugeData,
  histogramData,
  histogramValue,
  type MetricSource,
  type Point,
} from './metric-data.ts';

/** Counters with one sum per cell. */
const cellCounters: readonly (readonly [Instrument, PerformanceField])[] = [
  [instruments.scoreBinPredictions, 'predictions'],
  [instruments.scoreBinMatured, 'matured'],
  [instruments.outcomeScores, 'scores'],
  [instruments.outcomeSquaredErrors, 'squaredErrors'],
  [instruments.outcomeLogLosses, 'logLosses'],
];

/** The same for calibrated probabilities; without a calibration, they would be 0 and meaningless. */
const calibratedCellCounters: typeof cellCounters = [
  [instruments.scoreBinExpectedPositives, 'expectedPositives'],
  [instruments.outcomeExpected, 'expected'],
  [instruments.outcomeVariance, 'variance'],
];

/** The counts of how well a model version does. */
export type PerformanceSource = {
  readonly performance: Performance;
  readonly delays: OutcomeDelays;
};

/** The series of one model version's performance; attributes are made once. */
export function createPerformanceMetrics({ performance, delays }: PerformanceSource): MetricSource {
  const { cells, sums, reference } = performance;
  const { classes, scoreEdges } = reference;
  const model = { model: reference.model, version: reference.version };
  const bins = valueBinLabels(scoreEdges);
  const labels = cells.map(({ bin, isPositive }) => ({
    ...model,
    score_bin: bins[bin],
    prediction: classes[isPositive ? 1 : 0],
  }));
  const outcomes = (['negatives', 'positives'] as const).flatMap((field, outcome) =>
    labels.map((cell, i) => ({ field, i, attributes: { ...cell, outcome: classes[outcome] } })),
  );
  const binLabel = bins.map((score_bin) => ({ ...model, score_bin }));
  const roles = classes.map((name, i) => ({
    attributes: { ...model, class: name, role: i === 0 ? 'negative' : 'positive' },
    value: 1,
  }));
  const isCalibrated = reference.calibration !== undefined;
  const counters = isCalibrated ? [...cellCounters, ...calibratedCellCounters] : cellCounters;
  return () => {
    performance.settle();
    return [
      ...counters.map(([instrument, field]) =>
        counterData(
          instrument,
          labels.map((attributes, i) => ({ attributes, value: sums[field][i] })),
        ),
      ),
      counterData(
        instruments.outcomes,
        outcomes.map(({ field, i, attributes }) => ({ attributes, value: sums[field][i] })),
      ),
      counterData(instruments.outcomeNegativesBelow, below(byBin(cells, sums.negatives), binLabel)),
      ...(isCalibrated
        ? [
            counterData(
              instruments.expectedNegativesBelow,
              below(byBin(cells, sums.expectedNegatives), binLabel),
            ),
            counterData(
              instruments.expectedPositivesAbove,
              below(byBin(cells, sums.expectedPositives).reverse(), binLabel.toReversed()),
            ),
          ]
        : []),
      histogramData(
        instruments.outcomeDelay,
        delays.histograms.map(({ boundaries, counts, sum }, i) => ({
          attributes: { ...model, outcome: classes[i] },
          value: histogramValue(boundaries, counts, sum),
        })),
      ),
      gaugeData(instruments.classInfo, roles),
    ];
  };
}

/** Scores are never missing: labels of the bins that have a value. */
function valueBinLabels(edges: readonly number[]): string[] {
  return binLabels({ kind: 'numeric', edges }).slice(0, -1);
}

/** For each bin, the sum of all lower ones and half of the bin itself: equal scores count half in the AUC. */
function below(counts: Float64Array, labels: readonly Point<number>['attributes'][]): Point<number>[] {
  let sum = 0;
  return labels.map((attributes, i) => {
    const value = sum + counts[i] / 2;
    sum += counts[i];
    return { attributes, value };
  });
}

/** What a model's training promised, as constants; only the number of rows if no outcomes were known. */
export function createTrainingMetrics(artifact: Artifact): MetricSource {
  const model = { model: artifact.name, version: artifact.version };
  const learnt = learntFromOutcomes(artifact);
  const constants: readonly Constant[] = [
    [instruments.trainingRows, [{ attributes: model, value: artifact.training.rows }]],
    ...(learnt === undefined ? [] : learntConstants(artifact, learnt)),
  ];
  return () => constants.map(([instrument, points]) => gaugeData(instrument, points));
}

type Constant = readonly [Instrument, readonly Point<number>[]];

function learntConstants(artifact: Artifact, { evaluation, bins }: Learnt): Constant[] {
  const { name, version, output } = artifact;
  const share = trainingShare(artifact);
  const model = { model: name, version };
  const figures = Object.entries({
    accuracy: evaluation.accuracy,
    precision: evaluation.precision,
    recall: evaluation.recall,
    f1: evaluation.f1,
    roc_auc: evaluation.rocAuc,
    brier: evaluation.brier,
    log_loss: evaluation.logLoss,
  }).map(([metric, figure]) => ({ attributes: { ...model, metric }, figure }));
  const reference = comparedWith(evaluation, bins);
  const labels = valueBinLabels(bins.edges);
  const bands = valueBinLabels(scoreBandEdges(bins.edges));
  return [
    [instruments.evaluation, figures.map(({ attributes, figure }) => ({ attributes, value: figure.value }))],
    [
      instruments.evaluationStandardError,
      figures.map(({ attributes, figure }) => ({ attributes, value: figure.standardError })),
    ],
    [
      instruments.comparedWith,
      Object.entries({ accuracy: reference.accuracy, roc_auc: reference.rocAuc }).flatMap(
        ([metric, figure]) =>
          figure === null ? [] : [{ attributes: { ...model, metric }, value: figure.value }],
      ),
    ],
    [instruments.rocAucShrinkage, [{ attributes: model, value: rocAucShrinkage(bins) }]],
    [
      instruments.trainingPositiveRatio,
      share === undefined ? [] : [{ attributes: model, value: share.positives / share.rows }],
    ],
    [
      instruments.trainingScoreVariance,
      share === undefined ? [] : [{ attributes: model, value: share.variance }],
    ],
    [
      instruments.referenceScoreBin,
      labels.flatMap((score_bin, i) => {
        const bin = { ...model, score_bin, score_band: bands[scoreBandOf(i, labels.length)] };
        const positives = bins.positives[i];
        return [
          { attributes: { ...bin, outcome: output.negative }, value: bins.counts[i] - positives },
          { attributes: { ...bin, outcome: output.positive }, value: positives },
        ];
      }),
    ],
  ];
}
