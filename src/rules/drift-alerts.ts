import { scoreFeature } from '../model/artifact-schema.ts';
import { driftRule } from '../stats/drift.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { onDayOrWeek } from './day-or-week.ts';
import { drifting, enoughRequests, unlessSeason } from './drifting.ts';
import { effectInWords, withEffect } from './effect-rules.ts';
import { byFeature, promql } from './promql.ts';
import { type Alert, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { unitInWords } from './unit-in-words.ts';
import type { RuleWindow } from './window-rules.ts';

const notScore = `feature!="${scoreFeature}"`;
const isScore = `feature="${scoreFeature}"`;

const featureDashboard = dashboardLink(dashboards.drift, ['model', 'version', 'feature']);
const modelDashboard = dashboardLink(dashboards.drift, ['model', 'version']);
const feature = 'Feature {{ $labels.feature }} of {{ $labels.model }} {{ $labels.version }}';
const model = '{{ $labels.model }} {{ $labels.version }}';
const psi = '{{ $value | printf "%.2f" }}';

export function driftAlerts(scales: Scales): Alert[] {
  const { time, thresholds } = scales;
  const psiOf = (window: RuleWindow, matcher: string) => drifting('model_feature', window, scales, matcher);
  const enough = (window: Exclude<RuleWindow, '7d'>) => enoughRequests('model_feature', window, scales);
  const noSeason = unlessSeason({ prefix: 'model_feature', by: byFeature }, scales);
  /** A week holds the whole of a season, and so needs no other to explain it. */
  const lasting = (matcher: string) =>
    onDayOrWeek(`max by (${byFeature})`, (window) =>
      window === '7d'
        ? psiOf(window, matcher)
        : promql`
            ${psiOf(window, matcher)}
              and ${enough(window)}
            ${noSeason}`,
    );
  return [
    {
      ...timed('ModelFeatureDrift', scales),
      component: 'model',
      expr: withEffect(lasting(notScore)),
      summary: `${feature} has drifted: PSI ${psi}`,
      description: `Over the last 24 hours or 7 days, all replicas together, the values differ from the reference by more than ${thresholds.minPsi} and by more than chance explains.${unitInWords}${effectInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelFeatureDriftEarly', scales),
      component: 'model',
      expr: promql`
        ${psiOf('1h', notScore)}
          and ${enough('1h')}
        ${noSeason}`,
      summary: `${feature} is drifting: PSI ${psi} in the last hour`,
      description: `The last hour differs from the reference, and neither the same hour yesterday nor a week ago looked like it. ModelFeatureDrift follows if it lasts.${unitInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelFeatureDriftFast', scales),
      component: 'model',
      expr: promql`
        model_feature:psi{window="10m", ${notScore}} > ${thresholds.fastPsi}
          and model_feature:psi > model_feature:psi_alert_ceiling
          and ${enough('10m')}`,
      summary: `${feature} changed abruptly: PSI ${psi} in ten minutes`,
      description: `So large a change within minutes is a broken upstream rather than a new population: a changed unit, values gone missing, one constant for everybody.${unitInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelScoreDrift', scales),
      component: 'model',
      expr: withEffect(lasting(isScore)),
      summary: `The scores of ${model} have drifted: PSI ${psi}`,
      description: `Over the last 24 hours or 7 days the distribution of the scores differs from the reference, and the decisions have shifted with it.${effectInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelDriftBroad', scales),
      component: 'model',
      expr: promql`
        (
          count by (model, version) (
            count by (${byFeature}) (ALERTS{alertname=~"ModelFeatureDrift(Early|Fast)?", alertstate="firing"})
          ) > 1
        )
          / count by (model, version) (model_feature:bins:count{${notScore}})
          > ${thresholds.broadShare}`,
      summary: `{{ $value | humanizePercentage }} of the features of ${model} drift together`,
      description:
        'Many features moving at once is one cause, not many: another population, a broken join, or data of another system.',
      dashboard: modelDashboard,
    },
    {
      name: 'ModelDriftUndetermined',
      severity: 'info',
      component: 'model',
      // What alerts cannot judge, though the verdict may; only of versions that have been there for all of the week.
      expr: promql`
        count by (model, version) (
          (
            model_feature:psi_alert_ceiling{window="7d"} > ${driftRule.undeterminedCeiling}
              unless model_feature:psi > model_feature:psi_alert_ceiling
              or model_feature:observations:increase{window="7d"} == 0
          )
            and on (${byFeature}) model_feature:reference_samples:max offset ${time('7d')}
        )`,
      for: time('1h'),
      keepFiringFor: time('6h'),
      summary: `Drift of ${model} cannot be judged: {{ $value }} variables are undetermined`,
      description:
        'A whole week brought too few requests, or the reference has too few rows, to tell a shift by half a standard deviation from chance. That no drift alert fires proves nothing here.',
      dashboard: modelDashboard,
    },
    {
      name: 'ModelReferenceMissing',
      severity: 'warning',
      component: 'model',
      // Of one scrape: what is recorded of a new version may not be there yet.
      expr: promql`
        count by (${byFeature}) (model_feature_bin_observations_total)
        unless on (${byFeature}) (
          model_feature_reference_ratio and on (${byFeature}) model_feature_reference_samples > 0
        )`,
      for: time('10m'),
      keepFiringFor: time('15m'),
      summary: `${feature} has no reference`,
      description:
        'Its live values are counted, but model_feature_reference_ratio or model_feature_reference_samples is not exported: its drift is not watched.',
      dashboard: featureDashboard,
    },
    {
      name: 'ModelReferenceInconsistent',
      severity: 'warning',
      component: 'model',
      expr: promql`
        abs(sum by (${byFeature}) (model_feature_bin:reference_ratio:max) - 1) > 1e-6
          or max by (${byFeature}) (
            max by (${byFeature}, bin) (model_feature_reference_ratio)
              - min by (${byFeature}, bin) (model_feature_reference_ratio)
          ) > 0
          or max by (${byFeature}) (model_feature_reference_samples)
            - min by (${byFeature}) (model_feature_reference_samples) > 0
          or count by (${byFeature}) (
            count by (${byFeature}, bin) (model_feature_bin_observations_total)
              unless on (${byFeature}, bin) model_feature_bin:reference_ratio:max
          ) and on (${byFeature}) model_feature:bins:count`,
      for: time('10m'),
      keepFiringFor: time('15m'),
      summary: `${feature} has references that contradict each other`,
      description:
        'The shares of its bins do not add up to 1, replicas of one version export different references, or live values are counted in bins that the reference lacks. PSI means nothing until that is fixed.',
      dashboard: featureDashboard,
    },
  ];
}
