import { intervalZ } from '../stats/wilson-interval.ts';
import { byModel, byWindow, withRole } from './performance-labels.ts';
import { promql, sumBy } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { WindowedCount } from './window-rules.ts';

const byBin = `${byModel}, feature, bin`;
const performance = 'model_feature_bin:performance';
const samples = 'model_feature_bin:performance_samples';
const identified = `and on (${byWindow}) model:speaks_for_all{source="realised"}`;

/** Outcomes by bin of each protected feature, with the roles of the class predicted and of the outcome. */
export const groupOutcomes: WindowedCount = {
  name: 'model_feature_bin:outcomes',
  count: (rise) => promql`
    sum by (${byBin}, predicted, actual) (
      ${withRole(
        withRole(
          sumBy(`${byBin}, prediction, outcome`, rise('model_feature_bin_outcomes_total')),
          'prediction',
          'predicted',
        ),
        'outcome',
        'actual',
      )}
    )`,
};

/** Which outcomes each rate is a share of. */
const rates = [
  { metric: 'true_positive_rate', actual: 'positive' },
  { metric: 'false_positive_rate', actual: 'negative' },
] as const;

const ofOutcome = (actual: string, more = '') =>
  `sum by (${byBin}, window) (model_feature_bin:outcomes:increase{actual="${actual}"${more}})`;

/** z²/n, and √(share·(1 − share)/n + z²/4n²), of `wilsonInterval` in `src/stats`. */
const shift = `${intervalZ} ^ 2 / ${samples}`;
const deviation = promql`
  sqrt(
    ${performance} * (1 - ${performance}) / ${samples}
      + (${intervalZ} / 2 / ${samples}) ^ 2
  )`;

/** True- and false-positive rates as `src/stats/outcome-rates.ts` defines them. Absent where they are not known. */
export const groupRates: readonly RecordingRule[] = [
  ...rates.map(({ metric, actual }) => ({
    record: samples,
    labels: { metric },
    expr: `${ofOutcome(actual)} > 0`,
  })),
  ...rates.map(({ metric, actual }) => ({
    record: performance,
    labels: { metric },
    expr: promql`
      ${ofOutcome(actual, ', predicted="positive"')}
        / (${ofOutcome(actual)} > 0)
      ${identified}`,
  })),
  ...(['lower', 'upper'] as const).map((end) => ({
    // 95 %, by Wilson.
    record: 'model_feature_bin:performance_interval',
    labels: { end },
    expr: promql`
      clamp(
        (${performance} + ${shift} / 2 ${end === 'lower' ? '-' : '+'} ${intervalZ} * ${deviation})
          / (1 + ${shift}),
        0, 1)`,
  })),
];
