import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../otel/prometheus/generator/links.ts';
import { scoreFeature } from '../../otel/prometheus/generator/promql.ts';
import { driftRule } from '../../src/stats/drift.ts';
import { largeEffect } from '../../src/stats/effect.ts';
import { alertsTable, orNoAlert } from './alerts-table.ts';
import { alertAnnotation, compose, type Row, versionAnnotation } from './compose.ts';
import { distributionPanels } from './distribution.ts';
import { heatmap } from './heatmaps.ts';
import { driftWords, variable, verdicts } from './language.ts';
import { asPanelLink, type DataLink, toDashboard, toRunbook, toTraces } from './links.ts';
import { approvedRatio, approvedShare, of, version as versionSelector } from './model-queries.ts';
import { noneBelow, shortBins } from './promql.ts';
import { valuesAgainstDeciles } from './quantiles.ts';
import { descending, number, table } from './tables.ts';
import { asLimit, asLive, limitLine, stacked, timeSeries } from './time-series.ts';
import * as variables from './variables.ts';
import { named, stat, verdictStat, verdictTimeline } from './verdict-panels.ts';

const uid = 'model-drift';
const limit = `clamp_min(${of('model_feature:psi_noise_ceiling')}, ${driftRule.minPsi})`;
const timesLimit = `max by (feature) (${of('model_feature:psi')} / ${limit})`;
const verdict = `max by (feature) (${of('model_feature_window:verdict')})`;

const perFeature = (metric: string) => `max by (feature) (${of(metric)})`;
const toFeature = (value: string): DataLink =>
  toDashboard(uid, 'Open this feature', ['datasource', 'model', 'version', 'window'], `var-feature=${value}`);
const performance = toDashboard(dashboards.performance, 'What came of the answers', [
  'datasource',
  'model',
  'version',
]);
const seriesFeature = toFeature(variable('__field.labels.feature:percentencode'));

const glance: Row = {
  question: 'Does the model still see what it was trained on?',
  panels: [
    verdictStat(
      {
        title: 'Verdict',
        description: `The worst verdict of all features and the score over the chosen window. Drifting: PSI is above ${driftRule.minPsi} and above what chance explains. Moved: changed for certain, but not known to be drifting; no alert. Undetermined: too few requests to tell a shift that matters from chance. Stable: none of these.`,
        noData: 'no verdict yet: nothing was recorded for this version',
      },
      { expr: `max(${of('model_feature_window:verdict')})` },
      driftWords,
    ).links([asPanelLink(toRunbook('ModelFeatureDrift')), asPanelLink(performance)]),
    stat(
      {
        title: 'Features drifting',
        description:
          'How many features, the score included, are drifting over the chosen window. One is a question about that feature; several at once mostly have one cause upstream.',
        unit: 'none',
        noData: 'no verdict yet: nothing was recorded for this version',
      },
      { expr: `count(${verdict} == 3) or 0 * count(${verdict})` },
      {
        expr: `2 * clamp_max(count(${verdict} == 3), 1) or 0 * count(${verdict})`,
        words: { good: 'none', bad: 'look below' },
      },
    ).decimals(0),
    named(
      stat(
        {
          title: 'Moved furthest',
          description: `The feature whose PSI is the largest multiple of its limit, which is ${driftRule.minPsi} or the noise ceiling, whichever is more. Above 1 it is drifting.`,
          unit: 'suffix: × limit',
          noData: 'no PSI yet: no request in the window',
        },
        { expr: `topk(1, ${timesLimit})`, legend: '{{feature}}', at: 'end' },
      ),
    )
      .decimals(2)
      .dataLinks([asPanelLink(seriesFeature)]),
    stat(
      {
        title: 'Requests compared',
        description:
          'Requests in the chosen window, all replicas together: what the verdicts rest on. The fewer, the higher the noise ceiling.',
        unit: 'short',
        noData: 'no request counted yet',
      },
      { expr: `max(${of('model_feature:observations:increase')})` },
      {
        expr: `max(${of('model_feature_window:verdict')} == bool 1)`,
        words: { good: 'enough to judge', unsure: 'too few for a verdict' },
      },
    ).decimals(0),
    stat(
      {
        title: 'Approved',
        description:
          'Share of predictions over the chosen window that are not the class the model warns of. It moves with the population, the model or both; the rows below say which.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      { expr: approvedRatio },
    ).decimals(1),
    stat(
      {
        title: 'Refused inputs',
        description:
          'Share of requests over the chosen window that were refused for their input and so never scored. Who is refused is missing from every other figure here.',
        unit: 'percentunit',
        noData: 'no request in the window',
      },
      { expr: `max(${of('model:refused_ratio')})` },
    )
      .decimals(2)
      .links([asPanelLink(toRunbook('ModelInputsRefused'))]),
  ],
};

const features: Row = {
  question: 'Which features drifted?',
  panels: [
    table(
      {
        title: 'Features by what their move does',
        description: `Each feature and the score over the chosen window: drifting ones first, then by effect. Effect: how far the move shifts the scores, in their standard deviations over the reference; from ${largeEffect} on it is large. Of limit: PSI as a multiple of its limit; above 1 is drift. Ceiling: the PSI that chance alone stays under. A click on a name opens the feature below.`,
        unit: 'none',
        noData: 'no feature has been counted for this version',
      },
      [
        { expr: verdict },
        { expr: perFeature('model_feature:effect') },
        { expr: timesLimit },
        { expr: perFeature('model_feature:psi') },
        { expr: perFeature('model_feature:psi_noise_ceiling') },
        { expr: perFeature('model_feature:observations:increase') },
        { expr: perFeature('model_feature:missing_ratio') },
        { expr: perFeature('model_feature:unseen_ratio') },
        { expr: perFeature('model_feature:outside_range_ratio') },
      ],
      'feature',
      [
        {
          from: { label: 'feature' },
          name: 'Feature',
          look: [{ id: 'links', value: [toFeature(variable('__value.text:percentencode'))] }],
        },
        {
          from: { query: 'A' },
          name: 'Verdict',
          look: [
            { id: 'mappings', value: verdicts(driftWords) },
            { id: 'color', value: { mode: 'thresholds' } },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ],
        },
        { from: { query: 'B' }, name: 'Effect', look: number('none', 2) },
        { from: { query: 'C' }, name: 'Of limit', look: number('suffix: ×', 2) },
        { from: { query: 'D' }, name: 'PSI', look: number('none', 3) },
        { from: { query: 'E' }, name: 'Ceiling', look: number('none', 3) },
        { from: { query: 'F' }, name: 'Requests', look: number('short', 0) },
        { from: { query: 'G' }, name: 'Missing', look: number('percentunit', 2) },
        { from: { query: 'H' }, name: 'Unseen', look: number('percentunit', 2) },
        { from: { query: 'I' }, name: 'Outside range', look: number('percentunit', 2) },
      ],
    )
      .sortBy([descending('Verdict'), descending('Effect'), descending('Of limit')])
      .links([asPanelLink(toRunbook('ModelFeatureDrift'))]),
    verdictTimeline(
      {
        title: 'Verdicts over time',
        description:
          'One bar a feature. A short drifting stretch on a short window may be the time of day; alerts ask for persistence and compare with the same hour before.',
        noData: 'no verdict was recorded in this time',
      },
      { expr: verdict, legend: '{{feature}}' },
      driftWords,
    ),
  ],
};

const distance: Row = {
  question: 'How far have they moved, and since when?',
  panels: [
    limitLine(
      timeSeries(
        {
          title: 'PSI of all features',
          description: `Population stability index against the training data over the chosen window. Below the line at ${driftRule.minPsi} a difference is too small to matter however certain it is; above it, the noise ceiling still has to be passed.`,
          unit: 'none',
          noData: 'no request in the window',
        },
        [{ expr: perFeature('model_feature:psi'), legend: '{{feature}}' }],
      ).dataLinks([asPanelLink(seriesFeature)]),
      driftRule.minPsi,
    ),
    timeSeries(
      {
        title: 'PSI of $feature against its limits',
        description: `Drift is PSI above both lines: the threshold of ${driftRule.minPsi} and the noise ceiling, which falls as requests come in. A ceiling above ${driftRule.undeterminedCeiling} makes the verdict undetermined.`,
        unit: 'none',
        noData: 'no request in the window',
      },
      [
        { expr: `max(${of('model_feature:psi', 'feature="$feature"')})`, legend: 'PSI' },
        {
          expr: `max(${of('model_feature:psi_noise_ceiling', 'feature="$feature"')})`,
          legend: 'noise ceiling',
        },
        {
          expr: `${driftRule.minPsi} + 0 * max(${of('model_feature:psi', 'feature="$feature"')})`,
          legend: 'threshold',
        },
      ],
    )
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asLimit())
      .overrideByQuery('C', asLimit('text')),
  ],
};

const binRate = `rate(model_feature_bin_observations_total{${versionSelector},feature="$feature"}[$__rate_interval])`;

const opened: Row = {
  question: 'What changed in $feature?',
  panels: [
    ...distributionPanels('$feature', 'Reference and live: $feature'),
    heatmap(
      {
        title: 'Where the values of $feature fall over time',
        description:
          'Each row is a bin of the reference; the darker, the larger its share of the requests. The bins of a number hold a tenth of the training data each, so that without drift all rows are alike.',
        unit: 'percentunit',
        noData: 'no request in this time',
      },
      {
        expr: shortBins(`sum by (bin) (${binRate}) / on () group_left () (sum(${binRate}) > 0)`),
        legend: '{{bin}}',
      },
    ),
    valuesAgainstDeciles(),
  ],
};

const answers: Row = {
  question: 'What does the model answer?',
  panels: [
    ...distributionPanels(scoreFeature, 'Reference and live: the score'),
    timeSeries(
      {
        title: 'Approval rate',
        description:
          'Share of predictions that are not the class the model warns of: as it is now, and over the chosen window. A step at the mark of a new version is the model; without one it is the population.',
        unit: 'percentunit',
        noData: 'no prediction in this time',
      },
      [
        { expr: approvedShare('$__rate_interval'), legend: 'now' },
        { expr: approvedRatio, legend: 'over $window' },
      ],
    )
      .max(1)
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asLimit('text')),
    stacked(
      timeSeries(
        {
          title: 'Predictions',
          description:
            'Predictions a second by predicted class, all replicas together, one on top of the other.',
          unit: 'reqps',
          noData: 'no prediction in this time',
        },
        [
          {
            expr: `sum by (prediction) (rate(model_predictions_total{${versionSelector}}[$__rate_interval]))`,
            legend: '{{prediction}}',
          },
        ],
      ),
    ),
  ],
};

const faults = `sum by (feature, reason) (rate(model_input_rejected_total{${versionSelector}}[$__rate_interval]))`;
const refusals = `sum(rate(model_inputs_refused_total{${versionSelector}}[$__rate_interval]))`;

const refused: Row = {
  question: 'What was missing, unseen or refused?',
  panels: [
    timeSeries(
      {
        title: 'Missing and unseen values',
        description:
          'Share of requests over the chosen window in which the value was missing, or a category that training never saw. Both are bins of their own in the PSI, which small shares hardly move: these have alerts of their own.',
        unit: 'percentunit',
        noData: 'no request in the window',
      },
      [
        { expr: perFeature('model_feature:missing_ratio'), legend: '{{feature}} missing' },
        { expr: perFeature('model_feature:unseen_ratio'), legend: '{{feature}} unseen' },
      ],
    )
      .span(8)
      .links([asPanelLink(toRunbook('ModelFeatureMissing')), asPanelLink(toRunbook('ModelFeatureUnseen'))]),
    timeSeries(
      {
        title: 'Values outside the range of the training data',
        description:
          'Share of requests over the chosen window whose value lies below the least or above the greatest of training, where the model extrapolates. They count in the outermost bins as well, and in the PSI only there: a few of them have an alert of their own.',
        unit: 'percentunit',
        noData: 'no request in the window',
      },
      [{ expr: perFeature('model_feature:outside_range_ratio'), legend: '{{feature}}' }],
    )
      .span(8)
      .links([asPanelLink(toRunbook('ModelFeatureOutsideRange'))]),
    stacked(
      timeSeries(
        {
          title: 'Faults in refused inputs',
          description:
            'Faults a second by field and reason; one refused request may have several. A field that is refused all at once is a changed caller.',
          unit: 'cps',
          noData: 'no request in this time',
        },
        [
          {
            expr: noneBelow(faults, refusals, 'reason'),
            legend: '{{feature}} {{reason}}',
          },
        ],
      ),
    )
      .span(8)
      .links([
        asPanelLink(toRunbook('ModelInputsRefused')),
        asPanelLink(toTraces({ 'http.response.status_code': '422' })),
      ]),
  ],
};

const alerts =
  'max by (alertname, alertstate, severity, effect, feature, window) (ALERTS{component="model",model="$model",version="$version"})';

const events: Row = {
  question: 'Which alerts fire, and what was deployed?',
  panels: [
    alertsTable(
      {
        title: 'Alerts of this version',
        description:
          'Pending alerts hold, but not yet for as long as the rule asks; firing ones have been sent. docs/alerts.md says what to do about each. A click on the feature opens the feature above.',
        noData: 'no alert is pending or firing',
      },
      orNoAlert(alerts),
      [
        {
          from: { label: 'feature' },
          name: 'Feature',
          look: [{ id: 'links', value: [toFeature(variable('__value.text:percentencode'))] }],
        },
        { from: { label: 'effect' }, name: 'Effect' },
        { from: { label: 'window' }, name: 'Window' },
      ],
    ).span(12),
    table(
      {
        title: 'Versions in this time',
        description:
          'Every version of the model that was loaded in the time range, how many replicas have it loaded now, and the predictions it made. A click on a version shows this dashboard for it.',
        unit: 'none',
        noData: 'no version was loaded in this time',
      },
      [
        { expr: 'max by (version) (last_over_time(model_info{model="$model"}[$__range]))' },
        { expr: 'count by (version) (model_info{model="$model"})' },
        { expr: 'sum by (version) (increase(model_predictions_total{model="$model"}[$__range]))' },
      ],
      'version',
      [
        {
          from: { label: 'version' },
          name: 'Version',
          look: [
            {
              id: 'links',
              value: [
                toDashboard(
                  uid,
                  'Show this version',
                  ['datasource', 'model', 'window'],
                  `var-version=${variable('__value.text')}`,
                ),
              ],
            },
          ],
        },
        {
          from: { query: 'B' },
          name: 'Replicas',
          look: number('none', 0),
        },
        { from: { query: 'C' }, name: 'Predictions', look: number('short', 0) },
      ],
    ).span(12),
  ],
};

/** Is it fine, which features are not, what happened to the one opened, and what does it do to the answers? */
export function modelDrift(): Dashboard {
  return compose({
    uid,
    title: 'Model drift',
    description:
      'Whether live inputs and scores still look like the training data. From top to bottom: the verdict, the features by what their move does, one of them opened, the answers, the refusals.',
    from: 'now-6h',
    variables: [
      variables.datasource,
      variables.model,
      variables.version,
      variables.window,
      variables.feature,
    ],
    annotations: [alertAnnotation('component="model",model="$model"'), versionAnnotation('model="$model"')],
    rows: [glance, features, distance, opened, answers, refused, events],
  });
}
