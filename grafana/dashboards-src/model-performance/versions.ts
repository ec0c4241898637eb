import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { alertsTable } from '../alerts-table.ts';
import type { Row } from '../compose.ts';
import { variable } from '../language.ts';
import { type DataLink, toDashboard } from '../links.ts';
import type { Source } from '../performance-queries.ts';
import { number, table } from '../tables.ts';

export const alertNames = 'ModelOutcomes.+|ModelCalibration.+|ModelPerformance.+|ModelShadow.+';
const alerts = (matchers: string) => `ALERTS{alertname=~"${alertNames}",model="$model",${matchers}}`;

const ofVersions = (source: Source, metric: string) =>
  `max by (version) (model:performance{model="$model",window="$window",source="${source}",metric="${metric}"})`;

const toVersion: DataLink = toDashboard(
  dashboards.performance,
  'Show this version',
  ['datasource', 'model', 'window', 'metric'],
  `var-version=${variable('__value.text')}`,
);

export const versions: Row = {
  question: 'Which version does how well, and which alerts fire?',
  panels: [
    table(
      {
        title: 'Versions side by side',
        description:
          'Every version of the model that was counted over the chosen window, on the requests that it answered itself: versions that answer different populations are not compared by this. Decision threshold: the score from which the positive class is predicted. A click on a version shows this dashboard for it.',
        unit: 'none',
        noData: 'no version was counted in the window',
      },
      [
        {
          expr: 'sum by (version) (model:performance_samples{model="$model",window="$window",source="estimated"})',
        },
        {
          expr: 'sum by (version) (model:performance_samples{model="$model",window="$window",source="realised"})',
        },
        { expr: ofVersions('realised', 'accuracy') },
        { expr: ofVersions('estimated', 'accuracy') },
        { expr: ofVersions('realised', 'roc_auc') },
        { expr: ofVersions('estimated', 'roc_auc') },
        { expr: 'max by (version) (model:observed_expected:z{model="$model",window="$window"})' },
        { expr: 'max by (version, threshold) (last_over_time(model_info{model="$model"}[$__range]))' },
      ],
      'version',
      [
        {
          from: { label: 'version' },
          name: 'Version',
          width: 200,
          look: [{ id: 'links', value: [toVersion] }],
        },
        { from: { label: 'threshold' }, name: 'Decision threshold' },
        { from: { query: 'A' }, name: 'Predictions', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'Outcomes', look: number('locale', 0) },
        { from: { query: 'C' }, name: 'Accuracy', look: number('percentunit', 1) },
        { from: { query: 'D' }, name: 'Estimated', look: number('percentunit', 1) },
        { from: { query: 'E' }, name: 'ROC AUC', look: number('none', 3) },
        { from: { query: 'F' }, name: 'Estimated AUC', look: number('none', 3) },
        { from: { query: 'G' }, name: 'σ', look: number('none', 1) },
      ],
    ),
    alertsTable(
      {
        title: 'Alerts on performance',
        description:
          'Pending: the condition holds, but not yet for as long as the rule requires. Firing: sent to Alertmanager. A click on a name opens its section of the runbook.',
        noData: 'no alert is pending or firing',
      },
      alerts,
      [
        { from: { label: 'version' }, name: 'Version' },
        { from: { label: 'metric' }, name: 'Figure' },
        { from: { label: 'window' }, name: 'Window' },
        { from: { label: 'shadow' }, name: 'Shadow' },
      ],
    ),
  ],
};
