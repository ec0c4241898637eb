import { formatAmount, formatCount } from '../text/format.ts';
import type { ComparedFigure, PerformanceVerdict, PromisedFigure } from './performance-verdict.ts';

const names: Readonly<Record<PromisedFigure, string>> = {
  accuracy: 'accuracy',
  rocAuc: 'ROC AUC',
  brier: 'Brier score',
};

/** The sign of each verdict, so that none depends on its colour. */
export const performanceSigns = { worse: '▼', 'as promised': '●', undetermined: '?' } as const;

/** The verdict of drift whose colour each has on a page. */
export const performanceColors = {
  worse: 'drifting',
  'as promised': 'stable',
  undetermined: 'undetermined',
} as const;

/**
 * The verdict in a sentence: `Worse than promised: Brier score 0.158 (expected 0.144 ± 0.003).`
 *
 * @param positive the name of the positive class
 */
export function describePerformance(judged: PerformanceVerdict, positive: string): string {
  const { verdict, figures, outcomes, samples } = judged;
  if (verdict === 'undetermined')
    return `Cannot tell whether it does as well as promised: ${doubtOf(judged)}.`;
  if (verdict === 'as promised') return `As good as promised: ${figures.map(compared).join(', ')}.`;
  const worse = figures.filter(({ isWorse }) => isWorse);
  const reasons = [
    ...worse.map(compared),
    ...(outcomes?.areUnexpected
      ? [
          `${formatCount(outcomes.observed)} of ${formatCount(samples)} were ‘${positive}’, ${formatCount(Math.round(outcomes.expected))} expected`,
        ]
      : []),
    ...(outcomes?.isCalibrationBroken && !outcomes.areUnexpected
      ? ['within bands of the score, outcomes differ from what the scores predict']
      : []),
  ];
  return `Worse than promised: ${reasons.join('; ')}.`;
}

/** `Brier score 0.158 (expected 0.144 ± 0.003)` */
function compared({ figure, value, expected }: ComparedFigure): string {
  return `${names[figure]} ${value.toFixed(3)} (expected ${expected.value.toFixed(3)} ± ${expected.standardError.toFixed(3)})`;
}

function doubtOf({ doubt, samples }: PerformanceVerdict): string {
  if (doubt === 'no promise') return 'the model file was made without outcomes';
  if (doubt === 'one decision') return 'one decision has hardly any outcomes';
  return samples === 0
    ? 'there are no outcomes'
    : `${formatAmount(samples, 'outcome')} ${samples === 1 ? 'is' : 'are'} too few`;
}
