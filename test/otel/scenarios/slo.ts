import type { Scenario } from '../support/scenario.ts';
import { counter, minutes, type Phase, replicaLabels, type Series, type Span } from '../support/series.ts';

const files = ['predict-slo'];

/** Requests a minute to /predict: answered in time, answered late, failed. */
type Requests = {
  readonly from: string;
  readonly good: number;
  readonly late: number;
  readonly failed: number;
};

function requests(phases: readonly Requests[], span: Span): Series[] {
  const of = (
    metric: string,
    status: string,
    perMinute: (phase: Requests) => number,
    { route = '/predict', le }: { route?: string; le?: string } = {},
  ): Series => ({
    metric: `http_server_request_duration_seconds_${metric}`,
    labels: {
      ...replicaLabels(0),
      http_request_method: 'POST',
      http_route: route,
      http_response_status_code: status,
      ...(le === undefined ? {} : { le }),
    },
    values: counter(
      phases.map((phase): Phase => ({ from: phase.from, perMinute: perMinute(phase) })),
      span,
    ),
  });
  return [
    of('count', '200', ({ good, late }) => good + late),
    of('bucket', '200', ({ good }) => good, { le: '0.25' }),
    // the model is asked by its name there: both routes are one objective
    of('count', '500', ({ failed }) => failed, { route: '/models/:name/predict' }),
    of('bucket', '500', ({ failed }) => failed, { route: '/models/:name/predict', le: '0.25' }),
  ];
}

const fine = { good: 100, late: 0, failed: 0 };
const fired = (slo: string, value: number) => [{ labels: { job: 'vigia', slo }, value }];

/** A request every 7.5 minutes; the one at `failedAt` and those from `outage` on fail. */
function eightAnHour(failedAt: string, outage: string, span: Span): Series[] {
  const counts = { '200': [0], '500': [0] };
  for (let minute = span.step; minute <= minutes(span.until); minute += span.step) {
    const failed = minute === minutes(failedAt) || minute > minutes(outage);
    const arrived = minute % 7.5 === 0;
    for (const status of ['200', '500'] as const) {
      counts[status].push(counts[status].at(-1)! + Number(arrived && failed === (status === '500')));
    }
  }
  return (['200', '500'] as const).map((status) => ({
    metric: 'http_server_request_duration_seconds_count',
    labels: { ...replicaLabels(0), http_route: '/predict', http_response_status_code: status },
    values: counts[status].join(' '),
  }));
}

export const sloScenarios: readonly Scenario[] = [
  {
    name: 'a fifth of the requests fails for an hour',
    files,
    pace: 'minute',
    until: '170m',
    series: (span) =>
      requests(
        [
          { from: '0m', ...fine },
          { from: '60m', good: 80, late: 0, failed: 20 },
          { from: '130m', ...fine },
        ],
        span,
      ),
    courses: [
      {
        alert: 'PredictAvailabilityBudgetBurn',
        silent: ['60m'],
        firing: { '125m': fired('availability', 0.2 / 0.005) },
        resolved: ['170m'],
      },
      { alert: 'PredictLatencyBudgetBurn', silent: ['60m', '125m'] },
    ],
  },
  {
    name: 'a fifth of the requests is late for an hour',
    files,
    pace: 'minute',
    until: '170m',
    series: (span) =>
      requests(
        [
          { from: '0m', ...fine },
          { from: '60m', good: 80, late: 20, failed: 0 },
          { from: '130m', ...fine },
        ],
        span,
      ),
    courses: [
      {
        alert: 'PredictLatencyBudgetBurn',
        silent: ['60m'],
        firing: { '125m': fired('latency', 0.2 / 0.01) },
        resolved: ['170m'],
      },
      { alert: 'PredictAvailabilityBudgetBurn', silent: ['60m', '125m'] },
    ],
  },
  {
    name: 'two of a hundred fail, and four are late, for a day',
    files,
    pace: 'five minutes',
    until: '56h',
    series: (span) =>
      requests(
        [
          { from: '0m', ...fine },
          { from: '24h', good: 94, late: 4, failed: 2 },
          { from: '48h', ...fine },
        ],
        span,
      ),
    courses: [
      {
        alert: 'PredictAvailabilityBudgetBurnSlow',
        silent: ['28h'],
        firing: { '47h': fired('availability', ((23 / 24) * 0.02) / 0.005) },
        resolved: ['56h'],
      },
      {
        alert: 'PredictLatencyBudgetBurnSlow',
        silent: ['28h'],
        firing: { '47h': fired('latency', (23 * 4) / (24 * 100 - 23 * 2) / 0.01) },
        resolved: ['56h'],
      },
      { alert: 'PredictAvailabilityBudgetBurn', silent: ['47h'] },
      { alert: 'PredictLatencyBudgetBurn', silent: ['47h'] },
    ],
    queries: [
      {
        at: '56h',
        expr: 'round(slo:error_budget_remaining:ratio{slo="availability"}, 1e-6)',
        samples: [
          { labels: '{job="vigia", slo="availability"}', value: 1 - Number(((24 / 56) * 4).toFixed(6)) },
        ],
      },
    ],
  },
  {
    name: 'eight requests an hour: one failure is no outage, an outage is',
    files,
    pace: 'five minutes',
    until: '16h',
    series: (span) => eightAnHour('8h', '12h', span),
    courses: [
      {
        alert: 'PredictAvailabilityBudgetBurn',
        silent: ['485m', '490m', '500m', '510m', '9h', '10h', '12h'],
      },
      { alert: 'PredictAvailabilityBudgetBurnSlow', silent: ['485m', '9h', '10h', '12h'] },
    ],
    queries: [
      {
        at: '14h',
        expr: 'ALERTS{alertname="PredictAvailabilityBudgetBurn", alertstate="firing"}',
        samples: [
          {
            labels:
              'ALERTS{alertname="PredictAvailabilityBudgetBurn", alertstate="firing", severity="critical", component="service", job="vigia", slo="availability"}',
            value: 1,
          },
        ],
      },
    ],
  },
];
