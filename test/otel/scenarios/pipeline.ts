import { matchers } from '../support/promtool.ts';
import type { Scenario } from '../support/scenario.ts';
import { counter, gauge, type Labels, replicaLabels, type Series, type Span } from '../support/series.ts';

const files = ['telemetry-pipeline'];

/** A value that is wrong from 30 to 60 minutes. */
function briefly(normal: number | null, wrong: number | null) {
  return (span: Span) =>
    gauge(
      [
        ['0m', normal],
        ['30m', wrong],
        ['60m', normal],
      ],
      span,
    );
}

/** A counter that moves between 30 and 60 minutes only. */
function counted(perMinute: number) {
  return (span: Span) =>
    counter(
      [
        { from: '0m', perMinute: 0 },
        { from: '30m', perMinute },
        { from: '60m', perMinute: 0 },
      ],
      span,
    );
}

function one(metric: string, labels: Labels, values: (span: Span) => string) {
  return (span: Span): Series[] => [{ metric, labels, values: values(span) }];
}

/** Fine, then something is wrong from 30 to 60 minutes, and fine again. */
function episode(
  alert: string,
  name: string,
  series: (span: Span) => readonly Series[],
  labels: Labels,
  value: number,
): Scenario {
  return {
    name,
    files,
    pace: 'minute',
    until: '120m',
    series,
    courses: [{ alert, silent: ['30m'], firing: { '50m': [{ labels, value }] }, resolved: ['120m'] }],
  };
}

const replica = replicaLabels(0);
const collector = { job: 'otel-collector', instance: 'collector:8888' };
const prometheus = { job: 'prometheus', instance: 'localhost:9090' };
const alertmanager = { job: 'alertmanager', instance: 'alertmanager:9093' };
const exporter = { ...collector, exporter: 'otlp_grpc/jaeger' };

const modelInfo = (instance: number, values: string): Series => ({
  metric: 'model_info',
  labels: { model: 'credit', version: 'v1', ...replicaLabels(instance) },
  values,
});

type Deliveries = { readonly notifications: number; readonly requests: number; readonly reason: string };

/** Notifications a minute that fail, and the attempts at them; Alertmanager has a series for each reason from the start. */
function deliveries(span: Span, { notifications, requests, reason }: Deliveries): Series[] {
  const labels = { ...alertmanager, integration: 'webhook' };
  const failed = (why: string): Series => ({
    metric: 'alertmanager_notifications_failed_total',
    labels: { ...labels, reason: why },
    values: counted(why === reason ? notifications : 0)(span),
  });
  return [
    ...['clientError', 'other', 'serverError'].map(failed),
    {
      metric: 'alertmanager_notification_requests_failed_total',
      labels,
      values: counted(requests)(span),
    },
  ];
}

export const pipelineScenarios: readonly Scenario[] = [
  episode('TargetDown', 'a replica hangs', one('up', replica, briefly(1, 0)), replica, 0),
  episode('TelemetryTargetDown', 'the Collector hangs', one('up', collector, briefly(1, 0)), collector, 0),
  {
    name: 'a third replica disappears; a fourth that came for a moment is not missed',
    files,
    pace: 'minute',
    until: '200m',
    series: (span) => [
      modelInfo(0, gauge([['0m', 1]], span)),
      modelInfo(1, gauge([['0m', 1]], span)),
      modelInfo(
        2,
        gauge(
          [
            ['0m', 1],
            ['90m', null],
          ],
          span,
        ),
      ),
      modelInfo(
        3,
        gauge(
          [
            ['0m', null],
            ['30m', 1],
            ['35m', null],
          ],
          span,
        ),
      ),
    ],
    courses: [
      {
        alert: 'ModelTargetLost',
        silent: ['30m', '45m', '60m', '90m'],
        firing: { '110m': [{ labels: { job: 'vigia', model: 'credit' }, value: 1 }] },
        resolved: ['155m'],
      },
    ],
  },
  {
    name: 'the only replica disappears',
    files,
    pace: 'minute',
    until: '120m',
    series: (span) => [
      modelInfo(
        0,
        gauge(
          [
            ['0m', 1],
            ['60m', null],
          ],
          span,
        ),
      ),
    ],
    courses: [
      {
        alert: 'ModelTargetLost',
        silent: ['60m'],
        firing: { '70m': [{ labels: { job: 'vigia', model: 'credit' }, value: 1 }] },
      },
    ],
  },
  episode(
    'ModelMetricsAbsent',
    'nothing exports the counts',
    one('model_feature_bin_observations_total', { ...replica, model: 'credit' }, briefly(0, null)),
    {},
    1,
  ),
  episode(
    'ModelObservationsStalled',
    'predictions are answered and not counted',
    (span) => [
      {
        metric: 'http_server_request_duration_seconds_count',
        labels: { ...replica, http_route: '/predict', http_response_status_code: '200' },
        values: counter([{ from: '0m', perMinute: 10 }], span),
      },
      {
        metric: 'model_feature_bin_observations_total',
        labels: { ...replica, model: 'credit' },
        values: counter(
          [
            { from: '0m', perMinute: 10 },
            { from: '20m', perMinute: 0 },
            { from: '60m', perMinute: 10 },
          ],
          span,
        ),
      },
    ],
    replica,
    100,
  ),
  episode(
    'ClockSkewed',
    'the clock runs ten seconds ahead',
    (span) => {
      const seconds = Array.from(
        { length: 121 },
        (_, minute) => minute * 60 + (minute >= 30 && minute < 60 ? 10 : 0),
      );
      return one('process_wall_clock_seconds', replica, () => seconds.join(' '))(span);
    },
    replica,
    10,
  ),
  episode(
    'SamplesDropped',
    'the disk is full',
    one('samples_dropped_total', { ...replica, reason: 'disk' }, counted(3)),
    { ...replica, reason: 'disk' },
    30,
  ),
  episode(
    'SpansDropped',
    'the span queue is full',
    one('otel_spans_dropped_total', { ...replica, reason: 'queue_full' }, counted(3)),
    { ...replica, reason: 'queue_full' },
    30,
  ),
  episode(
    'LogLinesDropped',
    'nobody reads the log',
    one('log_lines_dropped_total', replica, counted(3)),
    replica,
    30,
  ),
  episode(
    'LogLinesDropped',
    'the Collector takes no log lines',
    one('otel_log_records_dropped_total', { ...replica, reason: 'export_failed' }, counted(3)),
    { ...replica, reason: 'export_failed' },
    30,
  ),
  episode(
    'CollectorAbsent',
    'there is no Collector',
    one('up', collector, briefly(1, null)),
    { job: 'otel-collector' },
    1,
  ),
  episode(
    'CollectorExportFailing',
    'Jaeger refuses spans',
    (span) => [
      { metric: 'otelcol_exporter_send_failed_spans', labels: exporter, values: counted(60)(span) },
      { metric: 'otelcol_exporter_enqueue_failed_spans', labels: exporter, values: counted(60)(span) },
    ],
    exporter,
    1,
  ),
  episode(
    'CollectorExportFailing',
    'Prometheus refuses what is pushed',
    one('otelcol_exporter_send_failed_metric_points', exporter, counted(60)),
    exporter,
    1,
  ),
  episode(
    'CollectorQueueFilling',
    'Jaeger is slow',
    (span) => [
      {
        metric: 'otelcol_exporter_queue_size',
        labels: { ...exporter, data_type: 'traces' },
        values: briefly(10, 900)(span),
      },
      {
        metric: 'otelcol_exporter_queue_capacity',
        labels: { ...exporter, data_type: 'traces' },
        values: gauge([['0m', 1000]], span),
      },
    ],
    exporter,
    0.9,
  ),
  episode(
    'RuleEvaluationFailing',
    'a rule cannot be evaluated',
    one(
      'prometheus_rule_evaluation_failures_total',
      { ...prometheus, rule_group: 'model-drift' },
      counted(1),
    ),
    { ...prometheus, rule_group: 'model-drift' },
    5,
  ),
  episode(
    'RuleGroupSlow',
    'a group takes longer than its interval',
    (span) => {
      const labels = { ...prometheus, rule_group: 'model-drift' };
      return [
        { metric: 'prometheus_rule_group_last_duration_seconds', labels, values: briefly(1, 45)(span) },
        { metric: 'prometheus_rule_group_interval_seconds', labels, values: gauge([['0m', 30]], span) },
      ];
    },
    { ...prometheus, rule_group: 'model-drift' },
    1.5,
  ),
  episode(
    'AlertsNotDelivered',
    'the webhook is called in vain, again and again',
    (span) => deliveries(span, { notifications: 1, requests: 5, reason: 'other' }),
    { ...alertmanager, integration: 'webhook' },
    2,
  ),
  episode(
    'AlertsNotDelivered',
    'the webhook refuses what it gets',
    (span) => deliveries(span, { notifications: 1, requests: 1, reason: 'clientError' }),
    { ...alertmanager, integration: 'webhook' },
    2,
  ),
  {
    name: 'no receiver has an address yet',
    files,
    pace: 'minute',
    until: '120m',
    series: (span) => deliveries(span, { notifications: 1, requests: 1, reason: 'other' }),
    courses: [{ alert: 'AlertsNotDelivered', silent: ['30m', '50m', '65m', '120m'] }],
    queries: Object.entries({ '30m': 0, '50m': 1, '120m': 0 }).map(([at, value]) => ({
      at,
      expr: 'alertmanager:delivery:verdict',
      samples: [
        {
          labels: `alertmanager:delivery:verdict{${matchers({ ...alertmanager, integration: 'webhook' })}}`,
          value,
        },
      ],
    })),
  },
  episode(
    'AlertsNotDelivered',
    'Prometheus cannot reach Alertmanager',
    one('prometheus_notifications_dropped_total', prometheus, counted(1)),
    prometheus,
    15,
  ),
  {
    name: 'nothing happens',
    files,
    pace: 'minute',
    until: '10m',
    series: () => [],
    courses: [
      {
        alert: 'Watchdog',
        silent: [],
        firing: { '0m': [{ labels: {}, value: 1 }], '10m': [{ labels: {}, value: 1 }] },
      },
    ],
  },
];
