import { type AlertSettings, defaultAlertSettings } from '../alerts/alert-settings.ts';
import { outcomeRule } from '../monitor/performance-calibration.ts';
import { scoreMeanRule } from '../monitor/score-mean.ts';
import { driftRule } from '../stats/drift.ts';
import { formatExactShare } from '../text/format.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { type DayOrWeek, onDayOrWeek } from './day-or-week.ts';
import { compared } from './performance-figure-rules.ts';
import { trainingShare } from './performance-score-mean.ts';
import { promql } from './promql.ts';
import { type Alert, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

const byModel = 'model, version';
const dashboard = dashboardLink(dashboards.performance, ['model', 'version']);
const model = '{{ $labels.model }} {{ $labels.version }}';
const { z } = outcomeRule;
/** What a condition asks for: the defaults where the dashboards show it. */
type Effect = Pick<AlertSettings['thresholds'], 'minEffect'>;

/** A week asks for a smaller effect; all shorter windows ask for that of a day. */
function hasEffect(metric: string, { minEffect }: Effect): string {
  return `(${metric}{window="7d"} > ${minEffect['7d']} or ${metric} > ${minEffect['24h']})`;
}

/** The outcomes deviate from the expected ones, all scores together: by more than chance, and enough to matter. */
export function unexpected(selector: string, thresholds: Effect = defaultAlertSettings.thresholds): string {
  return promql`
    abs(model:observed_expected:z{${selector}}) > ${z}
      and ${hasEffect('model:observed_expected:effect_ratio', thresholds)}`;
}

/** They do so band by band. */
export function miscalibrated(
  selector: string,
  thresholds: Effect = defaultAlertSettings.thresholds,
): string {
  return promql`
    model:calibration:chi_square{${selector}} > model:calibration:chi_square_noise_ceiling
      and ${hasEffect('model:calibration:effect_ratio', thresholds)}`;
}

/**
 * A figure is below that of the model file, which is cross-validated or of rows held out, by more than `z` standard errors
 * of the two; realised: enough to matter. An estimated one comes from the same rows as that of the model file, so that
 * their error counts once: as that of the calibration for the rows that came, or of the evaluation, whichever is larger.
 * The AUC is compared over the same score bins; where these are too coarse, there is nothing to compare it with.
 */
export function belowHeldOut(
  source: 'realised' | 'estimated',
  selector: string,
  thresholds: Effect = defaultAlertSettings.thresholds,
): string {
  const matchers = `source="${source}", metric=~"${compared}", ${selector}`;
  const join = `on (${byModel}, metric) group_left ()`;
  const difference = promql`
    model:performance{${matchers}}
      - ${join} max by (${byModel}, metric) (model_performance_reference)`;
  if (source === 'estimated') {
    const calibration = `model:performance_calibration_error{${matchers}}`;
    const evaluation = `${join} max by (${byModel}, metric) (model_evaluation_standard_error)`;
    return promql`
      ${difference}
      < -${z} * sqrt(
        ${driftRule.alertDesignEffect} * model:performance_standard_error{${matchers}} ^ 2
          + (
            ${calibration} > ${evaluation}
              or 0 * ${calibration} + ${evaluation}
          ) ^ 2
      )`;
  }
  return promql`
    ${difference}
      < on (${byModel}, window, metric) group_left () -${z} * model:performance:comparison_error
      and ${hasEffect('model:performance:effect_ratio', thresholds)}`;
}

/** For a description: says when the estimate of either window is in doubt. */
const doubtsInWords =
  '{{ with printf "model:estimate_trusted{model=%q,version=%q,window=~\\"24h|7d\\"} == 0" $labels.model $labels.version | query }} ' +
  'It is in doubt now: inputs lie outside the reference, or scores fall where it has hardly any.{{ end }}';

export function performanceAlerts(scales: Scales): Alert[] {
  const { time, requests, thresholds } = scales;
  const enough = `model:performance_samples{source="realised"} >= ${requests(thresholds.minOutcomes)}`;
  const onOutcomes = (aggregate: string, condition: (window: DayOrWeek) => string) =>
    onDayOrWeek(
      aggregate,
      (window) => promql`
        ${condition(window)}
          and on (${byModel}, window) ${enough}`,
    );
  return [
    {
      ...timed('ModelOutcomesUnexpected', scales),
      component: 'model',
      expr: onOutcomes(`max by (${byModel})`, (window) => unexpected(`window="${window}"`, thresholds)),
      summary: `Outcomes of ${model} are not as expected: {{ $value | printf "%.1f" }} standard deviations off`,
      description:
        'Over the last 24 hours or 7 days the positive outcomes differ from the number that the calibrated scores of the same rows promise, by more than chance and the error of the calibration explain: the same features now mean another risk.',
      dashboard,
    },
    {
      ...timed('ModelCalibrationBroken', scales),
      component: 'model',
      expr: onOutcomes(`max by (${byModel})`, (window) => miscalibrated(`window="${window}"`, thresholds)),
      summary: `The scores of ${model} are no longer probabilities: χ² {{ $value | printf "%.1f" }}`,
      description:
        'Over the last 24 hours or 7 days the outcomes within bands of the score differ from their calibrated probabilities, by more than chance explains, even if too many in one band make up for too few in another.',
      dashboard,
    },
    {
      ...timed('ModelPerformanceBelowCrossValidated', scales),
      component: 'model',
      expr: onOutcomes(`min by (${byModel}, metric)`, (window) =>
        belowHeldOut('realised', `window="${window}"`, thresholds),
      ),
      summary: `{{ $labels.metric }} of ${model} has fallen to {{ $value | printf "%.2f" }}, below that on held-out rows`,
      description:
        'Over the last 24 hours or 7 days the realised figure is below that on rows that the model was not fitted on, cross-validated or held out, by more than four standard errors of the two together.',
      dashboard,
    },
    {
      ...timed('ModelPerformanceEstimatedFalling', scales),
      component: 'model',
      expr: onDayOrWeek(
        `min by (${byModel}, metric)`,
        (window) => promql`
          ${belowHeldOut('estimated', `window="${window}"`)}
            and on (${byModel}, window) model:performance_samples{source="estimated"} >= ${requests(thresholds.minPredictions)}`,
      ),
      summary: `{{ $labels.metric }} of ${model} is expected to be {{ $value | printf "%.2f" }}, below that on held-out rows`,
      description:
        'No outcome is needed to see it: the inputs of the last 24 hours or 7 days are harder to decide than the held-out rows. The estimate holds as long as the same features mean the same risk.' +
        doubtsInWords,
      dashboard,
    },
    {
      ...timed('ModelScoreMeanShifted', scales),
      component: 'model',
      expr: onDayOrWeek(
        `max by (${byModel})`,
        (window) => promql`
          model:score_mean{window="${window}"}
            and on (${byModel}, window) abs(model:score_mean:z) > ${scoreMeanRule.ceilingZ}
            and on (${byModel}, window) abs(model:score_mean / ${trainingShare} - 1) > ${thresholds.minScoreMeanChange}
            and on (${byModel}, window) model:performance_samples{source="estimated"} >= ${requests(thresholds.minScoreMeanPredictions)}`,
      ),
      summary: `The mean score of ${model} has shifted: {{ $value | humanizePercentage }} positives are expected`,
      description: `Over the last 24 hours or 7 days the mean calibrated score differs from the share of positives in the reference by more than ${formatExactShare(thresholds.minScoreMeanChange)} of it, and by more than chance explains: the cases have become riskier, or safer.`,
      dashboard,
    },
    {
      name: 'ModelOutcomesStopped',
      severity: 'warning',
      component: 'model',
      expr: promql`
        sum by (model) (model:outcomes_accepted:increase{window="24h"}) == 0
          and on (model) sum by (model) (model:outcomes_accepted:increase{window="24h"} offset ${time('7d')}) >= ${requests(thresholds.minDailyOutcomes)}
          and on (model) count_over_time((
            sum by (model) (model:outcomes_accepted:increase{window="24h"}) >= ${requests(thresholds.minDailyOutcomes)}
          )[${time('7d')}:${time('24h')}]) >= 3`,
      for: time('1h'),
      keepFiringFor: time('1h'),
      summary: `No outcome of {{ $labels.model }} has come for 24 hours`,
      description:
        'Outcomes came at this time a week ago, and on three days or more since. Realised performance is no longer updated, so it does not show if the model goes wrong.',
      dashboard: dashboardLink(dashboards.performance, ['model']),
    },
  ];
}
