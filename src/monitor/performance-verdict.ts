import type { Learnt } from '../model/learnt.ts';
import { rocAucStandardError, shareStandardError } from '../stats/standard-errors.ts';
import type { LivePerformance } from './live-performance.ts';
import { outcomeRule } from './performance-calibration.ts';
import { comparedWith } from './performance-comparison.ts';

/** A realised figure that the model file also promises. */
export type PromisedFigure = 'accuracy' | 'rocAuc' | 'brier';

/** A realised figure next to the promised one. */
export type ComparedFigure = {
  readonly figure: PromisedFigure;
  readonly value: number;
  readonly expected: { readonly value: number; readonly standardError: number };
  /** By how many errors of the comparison the figure is worse; negative if it is better. */
  readonly z: number;
  readonly isWorse: boolean;
};

/** Whether a model does as well as its model file promises. */
export type PerformanceVerdict = {
  readonly verdict: 'worse' | 'as promised' | 'undetermined';
  readonly samples: number;
  /** Worst first. */
  readonly figures: readonly ComparedFigure[];
  /** Positive outcomes against the calibrated scores of the same rows; `null` if these are not known. */
  readonly outcomes: {
    readonly observed: number;
    readonly expected: number;
    /** For all rows, and by band of the score. */
    readonly areUnexpected: boolean;
    readonly isCalibrationBroken: boolean;
  } | null;
  /** Why there is no verdict; `null` if there is one. */
  readonly doubt: 'no promise' | 'few outcomes' | 'one decision' | null;
};

/**
 * If the error of a comparison could hide half as many errors again as promised, at the z of the alerts, finding
 * nothing proves nothing.
 */
const maxHidden = 0.5;

/**
 * Judges outcomes by what the model file promises, as the alerts on performance do: a figure is worse if it is more
 * than `outcomeRule.z` errors of the comparison away, and by more than the effect that a week of outcomes must have
 * (`outcomeRule.leastEffect`); the same applies to more or fewer positives than the scores predict. The Brier score is
 * also compared, which no alert does.
 *
 * @param live the figures of all outcomes
 * @param learnt what the model file knows about its training; `undefined` if it was made without outcomes
 */
export function judgePerformance(
  live: Pick<LivePerformance, 'realised' | 'observedExpected' | 'calibration'> & {
    readonly coverage: Pick<LivePerformance['coverage'], 'isIdentified'>;
  },
  learnt: Learnt | undefined,
): PerformanceVerdict {
  const { samples } = live.realised;
  if (learnt === undefined) {
    return { verdict: 'undetermined', samples, figures: [], outcomes: null, doubt: 'no promise' };
  }
  const { isIdentified } = live.coverage;
  // rows with one decision have different scores from all rows, and therefore a different Brier score
  const compared = isIdentified ? compareFigures(live.realised, learnt).sort((a, b) => b.z - a.z) : [];
  const outcomes = judgeOutcomes(live);
  const figures = compared.map(({ hidden, ...figure }) => figure);
  const told = { samples, figures, outcomes };
  if (samples < outcomeRule.minOutcomes) return { verdict: 'undetermined', ...told, doubt: 'few outcomes' };
  const isWorse =
    figures.some((figure) => figure.isWorse) || outcomes?.areUnexpected || outcomes?.isCalibrationBroken;
  if (isWorse) return { verdict: 'worse', ...told, doubt: null };
  if (compared.some(({ hidden }) => hidden <= maxHidden))
    return { verdict: 'as promised', ...told, doubt: null };
  const doubt = isIdentified ? 'few outcomes' : 'one decision';
  return { verdict: 'undetermined', ...told, doubt };
}

function judgeOutcomes({
  observedExpected,
  calibration,
}: Pick<LivePerformance, 'observedExpected' | 'calibration'>): PerformanceVerdict['outcomes'] {
  if (observedExpected === null || calibration === null) return null;
  const least = outcomeRule.leastEffect['7d'];
  const { observed, expected, z, effect } = observedExpected;
  return {
    observed,
    expected,
    areUnexpected: Math.abs(z ?? 0) > outcomeRule.z && (effect ?? 0) > least,
    isCalibrationBroken:
      calibration.ceiling !== null &&
      calibration.chiSquare > calibration.ceiling &&
      (calibration.effect ?? 0) > least,
  };
}

/** `hidden` is the share of the promised errors that the comparison could miss. */
function compareFigures(
  realised: LivePerformance['realised'],
  learnt: Learnt,
): (ComparedFigure & { readonly hidden: number })[] {
  const least = outcomeRule.leastEffect['7d'];
  const { accuracy, rocAuc } = comparedWith(learnt.evaluation, learnt.bins);
  const shares = (
    [
      ['accuracy', accuracy],
      ['rocAuc', rocAuc],
    ] as const
  ).flatMap(([figure, expected]) => {
    const { value } = realised[figure];
    if (value === null || expected === null) return [];
    const error = comparisonError(figure, value, expected, realised, learnt);
    return [{ figure, value, expected, error, worse: expected.value - value, promised: 1 - expected.value }];
  });
  const { brier, brierStandardError } = realised;
  const promised = learnt.evaluation.brier;
  const scores =
    brier === null || brierStandardError === null
      ? []
      : [
          {
            figure: 'brier' as const,
            value: brier,
            expected: promised,
            error: Math.sqrt(
              outcomeRule.designEffect * brierStandardError ** 2 + promised.standardError ** 2,
            ),
            worse: brier - promised.value,
            promised: promised.value,
          },
        ];
  return [...shares, ...scores].map(({ figure, value, expected, error, worse, promised }) => ({
    figure,
    value,
    expected,
    z: worse / error,
    isWorse: worse / error > outcomeRule.z && worse / promised > least,
    hidden: (outcomeRule.z * error) / promised,
  }));
}

/**
 * How far a realised figure can be from that of the model file when nothing has changed. The variance of each side is
 * computed at its own figure and at the other's, and the larger one counts: by chance, few errors may look better than
 * they are, and then their own variance is too small, too.
 */
export function comparisonError(
  figure: 'accuracy' | 'rocAuc',
  value: number,
  expected: { readonly value: number; readonly standardError: number },
  { confusion }: LivePerformance['realised'],
  { rows, positives }: Learnt,
): number {
  const live = {
    positives: confusion.truePositives + confusion.falseNegatives,
    negatives: confusion.trueNegatives + confusion.falsePositives,
  };
  const training = { positives, negatives: rows - positives };
  const varianceOf = (of: number, side: typeof live) =>
    (figure === 'accuracy'
      ? shareStandardError(of, side.positives + side.negatives)
      : rocAucStandardError(of, side.positives, side.negatives)) ** 2;
  return Math.sqrt(
    outcomeRule.designEffect * Math.max(varianceOf(value, live), varianceOf(expected.value, live)) +
      Math.max(varianceOf(value, training), expected.standardError ** 2),
  );
}
