import { numericBinIndex } from '../stats/binning.ts';
import { accuracy, f1, precision, recall } from '../stats/confusion.ts';
import type { Interval } from '../stats/interval.ts';
import { expectedCalibrationError, logLossOfOne } from '../stats/probability-scores.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { createRandom } from '../stats/random.ts';
import { resample } from '../stats/resample.ts';
import { binnedRocAuc } from '../stats/roc-auc.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { type FigureName, type Figures, figureNames } from './measure.ts';

const seed = 1;
const confidence = 0.95;
/** With many rows the figures are so sharp that fewer resamples tell their spread. */
const resamples = { few: 1000, many: 200, manyRows: 100_000 } as const;

export type Intervals = Readonly<Record<FigureName, Interval | null>>;

/**
 * 95 % percentile bootstrap intervals of all figures, from the same resamples. Each resample is how often every row was
 * drawn; as the rows are sorted by score once, a resample costs one pass. The same rows give the same intervals.
 *
 * @param bandEdges of the bands of the score over which the calibration error is taken
 * @returns `null` for a figure that no resample defines
 *
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function bootstrapFigures(
  rows: Omit<LabelledRows, 'slices'>,
  bandEdges: readonly number[],
): Intervals {
  const sorted = sortRows(rows, bandEdges);
  const { length } = rows.scores;
  const random = createRandom(seed);
  const drawn = new Uint32Array(length);
  const values = new Map(figureNames.map((name) => [name, [] as number[]]));
  const count = length > resamples.manyRows ? resamples.many : resamples.few;
  for (let i = 0; length > 0 && i < count; i++) {
    resample(drawn, random);
    const figures = measureDrawn(sorted, drawn);
    for (const name of figureNames) {
      const value = figures[name];
      if (value !== null) values.get(name)?.push(value);
    }
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, interval(all)])) as Record<
    FigureName,
    Interval | null
  >;
}

function interval(values: number[]): Interval | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return {
    low: quantileSorted(values, (1 - confidence) / 2),
    high: quantileSorted(values, (1 + confidence) / 2),
  };
}

type SortedRows = ReturnType<typeof sortRows>;

/** All that a row adds to the figures, in ascending order of the score. */
function sortRows(
  { scores, predictions, outcomes }: Omit<LabelledRows, 'slices'>,
  bandEdges: readonly number[],
) {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const score = Float64Array.from(order, (i) => scores[i]);
  const outcome = Uint8Array.from(order, (i) => outcomes[i]);
  let ties = 0;
  const tie = Uint32Array.from(score, (value, i) => (i > 0 && value !== score[i - 1] ? ++ties : ties));
  return {
    score,
    outcome,
    /** By number, ascending: rows of the same score. */
    tie,
    ties: ties + 1,
    prediction: Uint8Array.from(order, (i) => predictions[i]),
    bands: bandEdges.length + 1,
    band: score.map((value) => numericBinIndex(bandEdges, value)),
    squaredError: score.map((value, i) => (value - outcome[i]) ** 2),
    logLoss: score.map((value, i) => logLossOfOne(value, outcome[i] === 1)),
  };
}

function measureDrawn(rows: SortedRows, drawn: Uint32Array): Figures {
  const { score, outcome, tie, prediction, band, squaredError, logLoss } = rows;
  const cells = new Float64Array(4);
  const bands = [0, 1, 2].map(() => new Float64Array(rows.bands));
  let squaredErrors = 0;
  let losses = 0;
  const [negatives, positives] = [new Uint32Array(rows.ties), new Uint32Array(rows.ties)];
  for (let i = 0; i < score.length; i++) {
    const times = drawn[i];
    if (times === 0) continue;
    cells[2 * prediction[i] + outcome[i]] += times;
    bands[0][band[i]] += times;
    bands[1][band[i]] += times * score[i];
    bands[2][band[i]] += times * outcome[i];
    squaredErrors += times * squaredError[i];
    losses += times * logLoss[i];
    if (outcome[i] === 1) positives[tie[i]] += times;
    else negatives[tie[i]] += times;
  }
  const [trueNegatives, falseNegatives, falsePositives, truePositives] = cells;
  const confusion = { truePositives, falsePositives, trueNegatives, falseNegatives };
  return {
    accuracy: accuracy(confusion),
    precision: precision(confusion),
    recall: recall(confusion),
    f1: f1(confusion),
    rocAuc: binnedRocAuc(positives, negatives)?.value ?? null,
    brier: squaredErrors / score.length,
    logLoss: losses / score.length,
    expectedCalibrationError: expectedCalibrationError(bands[0], bands[1], bands[2]),
  };
}
