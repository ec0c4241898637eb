import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { alertsTable } from '../alerts-table.ts';
import type { Row } from '../compose.ts';
import { variable } from '../language.ts';
import { toDashboard } from '../links.ts';
import { binLabels, number, table } from '../tables.ts';
import { toFeature } from './queries.ts';

const alerts = (matchers: string) =>
  `ALERTS{component="model",model="$model",version="$version",${matchers}}`;

export const events: Row = {
  question: 'Which alerts fire, and what was deployed?',
  panels: [
    alertsTable(
      {
        title: 'Alerts of this version',
        description:
          'Pending: the condition holds, but not yet for as long as the rule requires. Firing: sent to Alertmanager. A click on a name opens its section of the runbook. A click on the feature opens the feature above.',
        noData: 'no alert is pending or firing',
      },
      alerts,
      [
        {
          from: { label: 'feature' },
          name: 'Feature',
          look: [{ id: 'links', value: [toFeature(variable('__value.text:percentencode'))] }],
        },
        { from: { label: 'segment_feature' }, name: 'Where' },
        {
          from: { label: 'segment' },
          name: 'Is',
          look: binLabels,
        },
        { from: { label: 'effect' }, name: 'Effect' },
        { from: { label: 'window' }, name: 'Window' },
      ],
    ),
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
          width: 200,
          look: [
            {
              id: 'links',
              value: [
                toDashboard(
                  dashboards.drift,
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
        { from: { query: 'C' }, name: 'Predictions', look: number('locale', 0) },
      ],
    ).height(6),
  ],
};
