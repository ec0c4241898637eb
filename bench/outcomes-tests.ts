import { defaultAlertSettings } from '../src/alerts/alert-settings.ts';
import { calibrate } from '../src/model/calibrate.ts';
import type { LivePerformance } from '../src/monitor/live-performance.ts';
import type { Performance, PerformanceReference } from '../src/monitor/performance.ts';
import { type ObservedExpected, outcomeRule } from '../src/monitor/performance-calibration.ts';
import { type ComparedWith, comparedWith, type ScoreBins } from '../src/monitor/performance-comparison.ts';
import { type Figure, type RealisedFigures, total } from '../src/monitor/performance-figures.ts';
import { measurePerformance, standardErrors } from '../src/profile/held-out-figures.ts';
import { binScores } from '../src/profile/score-bins.ts';
import { driftRule } from '../src/stats/drift.ts';
import { normalQuantile } from '../src/stats/normal-quantile.ts';
import type { Random } from '../src/stats/random.ts';
import { comparisonError } from './outcomes-comparison.ts';
import type { Row } from './outcomes-worlds.ts';

const { minOutcomes, minPredictions } = defaultAlertSettings.thresholds;

/** What training provides for later: the calibration, and how well the model did on the rows behind it. */
export type Model = {
  readonly reference: PerformanceReference;
  readonly scoreBins: ScoreBins;
  readonly rows: number;
  readonly positives: number;
  readonly evaluation: ComparedWith;
};

const { z, designEffect, leastEffect } = outcomeRule;
const threshold = 0.5;

/** Calibrates on rows whose scores are out of fold, as training does. */
export function learnCalibration(rows: readonly Row[]): Pick<Model, 'reference' | 'scoreBins'> {
  const { scores, outcomes } = columnsOf(rows);
  const calibration = calibrate(scores, outcomes);
  const bins = binScores(scores, outcomes, calibration);
  return {
    reference: {
      model: 'simulated',
      version: '1',
      classes: ['good', 'bad'],
      threshold,
      scoreEdges: bins.edges,
      calibration,
    },
    scoreBins: bins,
  };
}

/** Calibrates and evaluates on such rows. */
export function learn(rows: readonly Row[], random: Random): Model {
  const { scores, outcomes } = columnsOf(rows);
  const figures = measurePerformance(scores, outcomes, threshold);
  const errors = standardErrors(scores, outcomes, threshold, random);
  const calibration = learnCalibration(rows);
  return {
    ...calibration,
    rows: rows.length,
    positives: total(Float64Array.from(outcomes)),
    evaluation: comparedWith(
      {
        accuracy: { value: figures.accuracy ?? 0, standardError: errors.accuracy },
        rocAuc: { value: figures.rocAuc ?? 0, standardError: errors.rocAuc },
      },
      calibration.scoreBins,
    ),
  };
}

function columnsOf(rows: readonly Row[]): { scores: Float64Array; outcomes: Uint8Array } {
  return {
    scores: Float64Array.from(rows, ({ score }) => score),
    outcomes: Uint8Array.from(rows, ({ isPositive }) => (isPositive ? 1 : 0)),
  };
}

/** The data available at one check. */
export type Look = {
  /** Which of the windows of alerts it is, or most like. */
  readonly window: keyof typeof leastEffect;
  readonly model: Model;
  readonly performance: Performance;
  readonly live: LivePerformance;
};

/** A test of the outcomes, or of the predictions, that are in the window. */
export type Test = {
  readonly title: string;
  /** The alert that it corresponds to; the others are for comparison. */
  readonly alert?: string;
  /** The number of outcomes or predictions from which it is evaluated. */
  readonly from: number;
  readonly fires: (look: Look) => boolean;
};

const sideZ = normalQuantile(0.975);
const rowsApart = (limit: number) => `\\|O − E\\| > ${limit}·√(V·(1 + N/M))`;

/** The conditions of the alerts on outcomes, and what they would be without their precautions. */
export const tests = {
  unexpected: {
    title: `\\|O − E\\| > ${z}·√Σ(${designEffect}·V + U·N/M), with a minimum effect`,
    alert: 'ModelOutcomesUnexpected',
    from: minOutcomes,
    fires: ({ window, live: { observedExpected } }) =>
      observedExpected !== null && isUnexpected(observedExpected, window),
  },
  'unexpected, rows apart': {
    title: rowsApart(z),
    from: minOutcomes,
    fires: ({ performance, model }) => deviates(performance, z, model.rows),
  },
  'unexpected, E exact': {
    title: `\\|O − E\\| > ${z}·√V`,
    from: minOutcomes,
    fires: ({ performance }) => deviates(performance, z, Number.POSITIVE_INFINITY),
  },
  'unexpected, 95 %': {
    title: 'O outside the 95 % interval of E',
    from: minOutcomes,
    fires: ({ performance, model }) => deviates(performance, sideZ, model.rows),
  },
  uncalibrated: {
    title: 'calibration χ² > ceiling, with a minimum effect',
    alert: 'ModelCalibrationBroken',
    from: minOutcomes,
    fires: ({ window, live: { calibration } }) =>
      calibration !== null &&
      calibration.ceiling !== null &&
      calibration.chiSquare > calibration.ceiling &&
      (calibration.effect ?? 0) > leastEffect[window],
  },
  realised: {
    title: `accuracy or AUC below cross-validated by ${z} s, with a minimum effect`,
    alert: 'ModelPerformanceBelowCrossValidated',
    from: minOutcomes,
    fires: ({ window, live, model }) => fallsShort(live.realised, model, leastEffect[window]),
  },
  'realised, rows apart': {
    title: `accuracy or AUC below cross-validated by ${z} s, rows as independent`,
    from: minOutcomes,
    fires: ({ live, model }) => isBelow(live.realised, model, { by: z, design: 1 }),
  },
  'realised, value exact': {
    title: 'the same, cross-validated value taken as exact',
    from: minOutcomes,
    fires: ({ live, model }) => isBelow(live.realised, exact(model), { by: z, design: 1 }),
  },
  'realised, 95 %': {
    title: 'cross-validated value above the 95 % interval',
    from: minOutcomes,
    fires: ({ live, model }) => isBelow(live.realised, exact(model), { by: sideZ, design: 1 }),
  },
  estimated: {
    title: `estimated accuracy or AUC below by ${z} s`,
    alert: 'ModelPerformanceEstimatedFalling',
    from: minPredictions,
    fires: ({ live, model }) =>
      live.estimated !== null &&
      isBelow(live.estimated, model, { by: z, design: driftRule.alertDesignEffect }),
  },
} satisfies Record<string, Test>;

export type TestName = keyof typeof tests;
export const testNames = Object.keys(tests) as TestName[];

/** The condition of ModelOutcomesUnexpected, except for the number of outcomes that it requires. */
export function isUnexpected({ z: deviation, effect }: ObservedExpected, window: Look['window']): boolean {
  return Math.abs(deviation ?? 0) > z && (effect ?? 0) > leastEffect[window];
}

/** Estimated figures have an error of the calibration, too. */
type ComparedFigure = Figure & { readonly calibrationError?: number | null };
type Compared = { readonly accuracy: ComparedFigure; readonly rocAuc: ComparedFigure };

/**
 * Whether the outcomes, taken as independent, are off by a number of standard deviations, given the number of training
 * rows.
 */
function deviates({ sums }: Performance, limit: number, learntFrom: number): boolean {
  const observed = total(sums.positives);
  const outcomes = observed + total(sums.negatives);
  const variance = total(sums.variance) * (1 + outcomes / learntFrom);
  return Math.abs(observed - total(sums.expected)) > limit * Math.sqrt(variance);
}

/** As `belowHeldOut` of the rules has it for realised figures. */
function fallsShort(figures: RealisedFigures, { evaluation, ...model }: Model, least: number): boolean {
  const training = { positives: model.positives, negatives: model.rows - model.positives };
  return (['accuracy', 'rocAuc'] as const).some((metric) => {
    const { value } = figures[metric];
    const known = evaluation[metric];
    const error = comparisonError(metric, figures, evaluation, training);
    if (value === null || known === null || error === null) return false;
    return value - known.value < -z * error && 1 - value > (1 + least) * (1 - known.value);
  });
}

/** Whether a figure is below the cross-validated one by a number of standard errors of the two together. */
function isBelow(
  figures: Compared,
  { evaluation }: Pick<Model, 'evaluation'>,
  { by, design }: { by: number; design: number },
): boolean {
  return (['accuracy', 'rocAuc'] as const).some((metric) => {
    const { value, standardError, calibrationError } = figures[metric];
    const known = evaluation[metric];
    if (value === null || standardError === null || known === null) return false;
    const ofTraining = Math.max(known.standardError, calibrationError ?? 0);
    return value - known.value < -by * Math.sqrt(design * standardError ** 2 + ofTraining ** 2);
  });
}

function exact({ evaluation: { accuracy, rocAuc } }: Model): Pick<Model, 'evaluation'> {
  return {
    evaluation: {
      accuracy: { ...accuracy, standardError: 0 },
      rocAuc: rocAuc && { ...rocAuc, standardError: 0 },
    },
  };
}
