import { scoreFeature } from '../model/artifact-schema.ts';
import { formatAmount, formatExactShare } from '../text/format.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { onDayOrWeek } from './day-or-week.ts';
import { effectInWords, withEffect } from './effect-rules.ts';
import { byFeature, perFeature, promql } from './promql.ts';
import { type Alert, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { unitInWords } from './unit-in-words.ts';

const featureDashboard = dashboardLink(dashboards.drift, ['model', 'version', 'feature']);
const feature = 'feature {{ $labels.feature }} of {{ $labels.model }} {{ $labels.version }}';
const share = '{{ $value | humanizePercentage }}';

type WatchedShare = 'missing' | 'unseen' | 'outside_range';

/** The share has risen, as `risenShare` in `src/monitor` has it. @param matchers of the window; empty for all */
export function hasRisen(share: WatchedShare, matchers: string, { requests, thresholds }: Scales): string {
  const ratio = `model_feature:${share}_ratio{${matchers}feature!="${scoreFeature}"}`;
  return promql`
    ${ratio} > model_feature:${share}_ratio_noise_ceiling
      and ${ratio} - ${perFeature} model_feature:${share}_ratio:reference > ${thresholds.minShareRise}
      and on (${byFeature}, window) model_feature:observations:increase >= ${requests(thresholds.minShareRequests)}`;
}

export function shareAlerts(scales: Scales): Alert[] {
  const { time, requests, thresholds } = scales;
  const inHalfHour = (by: string, series: string) => `sum by (${by}) (increase(${series}[${time('30m')}]))`;
  // a caller that goes away is not a fault of the model
  const failures = inHalfHour('model, version', 'model_predict_failures_total{reason!="aborted"}');
  const pair = 'model, version, shadow, shadow_version';
  const shadowDrops = inHalfHour(pair, 'model_shadow_rows_dropped_total');
  const points = (share: number) => formatAmount(share * 100, 'percentage point');
  const rise = points(thresholds.minShareRise);
  const risen = (share: WatchedShare) =>
    onDayOrWeek(`max by (${byFeature})`, (window) => hasRisen(share, `window="${window}", `, scales));
  return [
    {
      ...timed('ModelFeatureMissing', scales),
      component: 'model',
      expr: withEffect(risen('missing')),
      summary: `${share} of ${feature} is missing`,
      description: `Over the last 24 hours or 7 days the value was missing more often than in the reference, by more than chance explains and by more than ${rise}.${effectInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelFeatureUnseen', scales),
      component: 'model',
      expr: withEffect(risen('unseen')),
      summary: `${share} of ${feature} is of an unknown category`,
      description: `Over the last 24 hours or 7 days this share had categories that the reference lacks: the model has not learnt what they mean.${effectInWords}`,
      dashboard: featureDashboard,
    },
    {
      ...timed('ModelFeatureOutsideRange', scales),
      component: 'model',
      expr: risen('outside_range'),
      summary: `${share} of ${feature} lies outside the range of the reference`,
      description: `Over the last 24 hours or 7 days more values lay below the least or above the greatest of the reference than chance explains, and more than ${rise}: the model extrapolates there.${unitInWords}`,
      dashboard: featureDashboard,
    },
    {
      name: 'ModelInputsRefused',
      severity: 'warning',
      component: 'model',
      expr: promql`
        model:refused_ratio{window="1h"} > model:refused_ratio_noise_ceiling
          and on (model, version) model:refused_ratio{window="1h"} - on (model, version) model:refused_ratio_before > ${thresholds.minRefusedRise}
          and model:inputs:increase >= ${requests(thresholds.minRefusedInputs)}`,
      for: time('10m'),
      keepFiringFor: time('30m'),
      summary: `${share} of the inputs to {{ $labels.model }} {{ $labels.version }} are rejected`,
      description: `In the last hour more inputs failed validation than in the 24 hours before, by more than chance explains and by more than ${points(thresholds.minRefusedRise)}.`,
      dashboard: dashboardLink(dashboards.drift, ['model', 'version']),
    },
    {
      name: 'ModelPredictFailing',
      severity: 'warning',
      component: 'model',
      expr: promql`
        ${failures} / (${failures} + ${inHalfHour('model, version', 'model_predictions_total')}) > ${thresholds.minFailureShare}
          and ${failures} >= ${requests(thresholds.minFailures)}`,
      for: time('10m'),
      keepFiringFor: time('30m'),
      summary: `{{ $labels.model }} {{ $labels.version }} fails to predict ${share} of its rows`,
      description: `In the last half hour the server, or the file, that computes the model's predictions failed for more than ${formatExactShare(thresholds.minFailureShare)} of the rows, and nothing else was counted of them. Callers of the model got 500, 502, 503 or 504; what fails for a shadow changes no answer.`,
      dashboard: dashboardLink(dashboards.drift, ['model', 'version']),
    },
    {
      name: 'ModelShadowRowsDropped',
      severity: 'warning',
      component: 'model',
      expr: promql`
        ${shadowDrops} / (${shadowDrops} + ${inHalfHour(pair, 'model_agreement_total')}) > ${thresholds.minFailureShare}
          and ${shadowDrops} >= ${requests(thresholds.minFailures)}`,
      for: time('10m'),
      keepFiringFor: time('30m'),
      summary: `The shadow {{ $labels.shadow }} {{ $labels.shadow_version }} leaves out ${share} of its rows`,
      description: `In the last half hour the shadow failed to score more than ${formatExactShare(thresholds.minFailureShare)} of the rows that it should have: it failed, too many waited for it, or its classes are not those of the model that answers. No caller notices, but the comparison with the model that answers lacks these rows.`,
      dashboard: dashboardLink(dashboards.performance, ['model', 'version']),
    },
  ];
}
