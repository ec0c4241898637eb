import { scoreMeanRule } from '../../../src/monitor/score-mean.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import { dashboardLink, dashboards } from './links.ts';
import { trainingShare } from './performance-score-mean.ts';
import { promql } from './promql.ts';
import type { Alert } from './rule-file.ts';
import type { Scales } from './settings.ts';
import { onDayOrWeek, type TicketWindow } from './ticket-window.ts';

const byModel = 'model, version';
const dashboard = dashboardLink(dashboards.performance, ['model', 'version']);
const model = '{{ $labels.model }} {{ $labels.version }}';
/** An alert looks every half minute for years: 95 % intervals would be wrong every day. */
export const z = 4;
/** Outcomes in a window from which it is judged; a sum of so many is near enough to normal. */
export const minOutcomes = 100;
/** Predictions in a day from which their expected performance is judged. */
export const minPredictions = 300;
/** Figures that are compared with the cross-validated ones; both have a standard error. */
const compared = 'accuracy|roc_auc';

/**
 * A figure below the cross-validated one by more than `z` standard errors of the two together.
 *
 * @param design how many rows count as one
 */
export function belowCrossValidated(selector: string, design: number): string {
  const figure = `model:performance{${selector}, metric=~"${compared}"}`;
  const join = `on (${byModel}, metric) group_left ()`;
  return promql`
    ${figure}
      - ${join} max by (${byModel}, metric) (model_evaluation)
    < -${z} * sqrt(
      ${design} * model:performance_standard_error{${selector}, metric=~"${compared}"} ^ 2
        + ${join} max by (${byModel}, metric) (model_evaluation_standard_error) ^ 2
    )`;
}

export function performanceAlerts({ time, requests }: Scales): Alert[] {
  const enough = `model:performance_samples{source="realised"} >= ${requests(minOutcomes)}`;
  const onOutcomes = (aggregate: string, condition: (window: TicketWindow) => string) =>
    onDayOrWeek(
      aggregate,
      (window) => promql`
        ${condition(window)}
          and on (${byModel}, window) ${enough}`,
    );
  return [
    {
      name: 'ModelOutcomesUnexpected',
      severity: 'ticket',
      component: 'model',
      expr: onOutcomes(
        `max by (${byModel})`,
        (window) => `abs(model:observed_expected:z{window="${window}"}) > ${z}`,
      ),
      for: time('15m'),
      keepFiringFor: time('1h'),
      summary: `Outcomes of ${model} are not as expected: {{ $value | printf "%.1f" }} standard deviations off`,
      description:
        'Over the last 24 hours or 7 days the positive outcomes differ from the number that the calibrated scores of the same rows promise, by more than chance and the error of the calibration explain: the same features have come to mean another risk.',
      dashboard,
    },
    {
      name: 'ModelCalibrationBroken',
      severity: 'ticket',
      component: 'model',
      expr: onOutcomes(
        `max by (${byModel})`,
        (window) =>
          `model:calibration:chi_square{window="${window}"} > model:calibration:chi_square_noise_ceiling`,
      ),
      for: time('15m'),
      keepFiringFor: time('1h'),
      summary: `The scores of ${model} are no longer probabilities: χ² {{ $value | printf "%.1f" }}`,
      description:
        'Over the last 24 hours or 7 days the outcomes within bands of the score differ from their calibrated probabilities, by more than chance explains, even if too many in one band make up for too few in another.',
      dashboard,
    },
    {
      name: 'ModelPerformanceBelowCrossValidated',
      severity: 'ticket',
      component: 'model',
      expr: onOutcomes(`min by (${byModel}, metric)`, (window) =>
        belowCrossValidated(`source="realised", window="${window}"`, 1),
      ),
      for: time('15m'),
      keepFiringFor: time('1h'),
      summary: `{{ $labels.metric }} of ${model} is {{ $value | printf "%.2f" }} against cross-validation`,
      description:
        'Over the last 24 hours or 7 days the realised figure is below the cross-validated one by more than four standard errors of the two together.',
      dashboard,
    },
    {
      name: 'ModelPerformanceEstimatedFalling',
      severity: 'ticket',
      component: 'model',
      expr: promql`
        ${belowCrossValidated('source="estimated", window="24h"', driftRule.alertDesignEffect)}
          and on (${byModel}) model:performance_samples{source="estimated", window="24h"} >= ${requests(minPredictions)}`,
      for: time('30m'),
      keepFiringFor: time('1h'),
      summary: `{{ $labels.metric }} of ${model} is expected to be {{ $value | printf "%.2f" }} against cross-validation`,
      description:
        'No outcome is needed to see it: the inputs of the last 24 h are harder to decide than those of training. The estimate holds as long as the same features mean the same risk.',
      dashboard,
    },
    {
      name: 'ModelScoreMeanShifted',
      severity: 'ticket',
      component: 'model',
      expr: onDayOrWeek(
        `max by (${byModel})`,
        (window) => promql`
          model:score_mean{window="${window}"}
            and on (${byModel}, window) abs(model:score_mean:z) > ${scoreMeanRule.ceilingZ}
            and on (${byModel}, window) abs(model:score_mean / ${trainingShare} - 1) > ${scoreMeanRule.minChange}
            and on (${byModel}, window) model:performance_samples{source="estimated"} >= ${requests(scoreMeanRule.minPredictions)}`,
      ),
      for: time('15m'),
      keepFiringFor: time('1h'),
      summary: `The mean score of ${model} has shifted: {{ $value | humanizePercentage }} positives are to be expected`,
      description: `Over the last 24 hours or 7 days the mean calibrated score differs from the share of positives in training by more than ${scoreMeanRule.minChange * 100} % of it, and by more than chance explains: the cases have become riskier, or safer.`,
      dashboard,
    },
    {
      name: 'ModelOutcomesStopped',
      severity: 'ticket',
      component: 'model',
      expr: promql`
        sum by (model) (model:outcomes_accepted:increase{window="24h"}) == 0
          and on (model) sum by (model) (model:outcomes_accepted:increase{window="24h"} offset ${time('7d')}) >= ${requests(20)}
          and on (model) count_over_time((
            sum by (model) (model:outcomes_accepted:increase{window="24h"}) >= ${requests(20)}
          )[${time('7d')}:${time('24h')}]) >= 3`,
      for: time('1h'),
      keepFiringFor: time('1h'),
      summary: `No outcome of {{ $labels.model }} has come for 24 hours`,
      description:
        'A week ago there were some at this time, and on three days or more since. Realised performance stands still, and a model that goes wrong is not seen by it.',
      dashboard: dashboardLink(dashboards.performance, ['model']),
    },
  ];
}
