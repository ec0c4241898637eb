import { dashboards } from '../../../src/rules/dashboard-links.ts';
import type { Row } from '../compose.ts';
import { variable } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook } from '../links.ts';
import { noneBelow } from '../panel-expressions.ts';
import { type Column, inWords, number, table } from '../tables.ts';
import { stacked, timeSeries } from '../time-series.ts';
import { duration, rate, replica } from './service-queries.ts';

const column = (query: string, name: string, look: Column['look'] & object): Column => ({
  from: { query },
  name,
  look,
});

export const replicas: Row = {
  question: 'Does each replica do its share?',
  panels: [
    timeSeries(
      {
        title: 'Requests by replica',
        description:
          'Requests a second by replica. They should be alike; one that lags behind is slow, draining or new.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [{ expr: `sum by (instance) (${rate(`${duration}_count`)})`, legend: '{{instance}}' }],
    ),
    stacked(
      timeSeries(
        {
          title: 'Failed predictions by model',
          description:
            'Rows a second that a model could not predict, by model and reason. Those of a shadow change no answer. The panels further up count answers, of all models together.',
          unit: 'rowsps',
          noData: 'no replica is scraped',
        },
        [
          {
            expr: noneBelow(
              `sum by (model, reason) (${rate('model_predict_failures_total')})`,
              `sum(${rate('model_predict_failures_total')})`,
              'reason',
            ),
            legend: '{{model}} {{reason}}',
          },
        ],
      ),
    ).links([asPanelLink(toRunbook('ModelPredictFailing'))]),
    table(
      {
        title: 'Replicas',
        description:
          'Every replica as it is now, and how often it was restarted in this time. CPU: of one core. Clock: how far its clock is from that of Prometheus; beyond 5 s times in samples and prediction ids are wrong.',
        unit: 'none',
        noData: 'Prometheus finds no replica of the service',
      },
      [
        { expr: `2 * (max by (instance) (up{${replica}}) == bool 0)` },
        { expr: `time() - max by (instance) (process_start_time_seconds{${replica}})` },
        { expr: `sum by (instance) (${rate(`${duration}_count`)})` },
        { expr: `sum by (instance) (${rate('process_cpu_seconds_total')})` },
        { expr: `max by (instance) (process_resident_memory_bytes{${replica}})` },
        {
          expr: `max by (instance) (process_wall_clock_seconds{${replica}} - timestamp(process_wall_clock_seconds{${replica}}))`,
        },
        { expr: `max by (instance) (nodejs_eventloop_utilization_ratio{${replica}})` },
        { expr: `max by (instance) (changes(process_start_time_seconds{${replica}}[$__range]))` },
        { expr: `count by (instance) (model_info{${replica}})` },
      ],
      'instance',
      [
        {
          from: { label: 'instance' },
          name: 'Replica',
          width: 220,
          look: [
            {
              id: 'links',
              value: [
                toDashboard(
                  dashboards.service,
                  'Only this replica',
                  ['datasource'],
                  `var-instance=${variable('__value.text')}`,
                ),
              ],
            },
          ],
        },
        column('A', 'State', inWords({ good: 'up', bad: 'down' })),
        column('B', 'Up for', number('dtdhms', 0)),
        column('C', 'Requests', number('reqps', 1)),
        column('D', 'CPU', number('percentunit', 1)),
        column('G', 'Event loop', number('percentunit', 1)),
        column('E', 'Memory', number('bytes', 0)),
        column('F', 'Clock', number('s', 2)),
        column('H', 'Restarts', number('none', 0)),
        column('I', 'Models', number('none', 0)),
      ],
    ),
  ],
};
