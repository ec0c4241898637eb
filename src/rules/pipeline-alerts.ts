import { dashboardLink, dashboards } from './dashboard-links.ts';
import { deliveryVerdict } from './delivery-rules.ts';
import { promql } from './promql.ts';
import type { Alert } from './rule-file.ts';
import { predictRequests, type Scales } from './rule-settings.ts';

const service = dashboardLink(dashboards.service);
const telemetry = dashboardLink(dashboards.telemetry);
const instance = '{{ $labels.job }} {{ $labels.instance }}';

export function pipelineAlerts(scales: Scales): Alert[] {
  return [
    ...targetAlerts(scales),
    ...dropAlerts(scales),
    ...collectorAlerts(scales),
    ...prometheusAlerts(scales),
  ];
}

function targetAlerts(scales: Scales): Alert[] {
  const { time, requests, job } = scales;
  return [
    {
      name: 'TargetDown',
      severity: 'critical',
      component: 'service',
      expr: `up{${job('service')}} == 0`,
      for: time('3m'),
      keepFiringFor: time('2m'),
      summary: `${instance} cannot be scraped`,
      description: 'The replica is down, hangs or cannot be reached. What it counts in the meantime is lost.',
      dashboard: service,
    },
    {
      name: 'TelemetryTargetDown',
      severity: 'warning',
      component: 'telemetry',
      expr: `up{${job('telemetry')}} == 0`,
      for: time('5m'),
      keepFiringFor: time('2m'),
      summary: `${instance} cannot be scraped`,
      description: 'A part of the telemetry is down. Predictions do not depend on it; traces or alerts may.',
      dashboard: telemetry,
    },
    {
      name: 'ModelTargetLost',
      severity: 'warning',
      component: 'service',
      expr: promql`
        max_over_time(model:targets:sustained[${time('1h')}])
          - (model:targets:count or 0 * max_over_time(model:targets:sustained[${time('1h')}]))
          > 0`,
      for: time('5m'),
      summary: '{{ $value }} replicas of {{ $labels.model }} are gone',
      description:
        'Prometheus no longer finds as many replicas as in the last hour: they left service discovery, and their series with them, so no up is 0. The alert ends by itself after an hour, also after a deliberate scale-down.',
      dashboard: service,
    },
    {
      name: 'ModelMetricsAbsent',
      severity: 'critical',
      component: 'service',
      expr: 'absent(model_feature_bin_observations_total)',
      for: time('5m'),
      keepFiringFor: time('2m'),
      summary: 'No model is watched: nothing exports model_feature_bin_observations_total',
      description:
        'Either no replica is running or none is scraped. Drift, scores and rejected inputs are not seen while this lasts.',
      dashboard: dashboardLink(dashboards.drift),
    },
    {
      name: 'ModelObservationsStalled',
      severity: 'warning',
      component: 'service',
      expr: promql`
        sum by (job, instance) (
          increase(http_server_request_duration_seconds_count{${predictRequests(scales)}, http_response_status_code=~"2.."}[${time('10m')}])
        ) > ${requests(10)}
        unless on (job, instance)
          sum by (job, instance) (increase(model_feature_bin_observations_total[${time('10m')}])) > 0`,
      for: time('10m'),
      keepFiringFor: time('10m'),
      summary: `${instance} predicts and counts nothing`,
      description:
        'Requests that predict are answered, but no observation of a feature is counted: drift is not watched.',
      dashboard: service,
    },
    {
      name: 'ClockSkewed',
      severity: 'warning',
      component: 'service',
      expr: 'abs(process_wall_clock_seconds - timestamp(process_wall_clock_seconds)) > 5',
      for: time('5m'),
      keepFiringFor: time('5m'),
      summary: `The clock of ${instance} is off by {{ $value | printf "%.0f" }} s`,
      description:
        'The clock of the replica and that of Prometheus disagree. Times in samples, outcomes and prediction ids are wrong on one side.',
      dashboard: service,
    },
  ];
}

function dropAlerts({ time }: Scales): Alert[] {
  const dropped = (metric: string, by: string) => `sum by (${by}) (increase(${metric}[${time('10m')}])) > 0`;
  return [
    {
      name: 'SamplesDropped',
      severity: 'warning',
      component: 'telemetry',
      expr: dropped('samples_dropped_total', 'job, instance, reason'),
      keepFiringFor: time('15m'),
      summary: `${instance} lost {{ $value | printf "%.0f" }} input samples: {{ $labels.reason }}`,
      description:
        'They are missing from the sample files, and so from reports over them. Drift in Prometheus is exact all the same.',
      dashboard: telemetry,
    },
    {
      name: 'SpansDropped',
      severity: 'warning',
      component: 'telemetry',
      expr: dropped('otel_spans_dropped_total', 'job, instance, reason'),
      keepFiringFor: time('15m'),
      summary: `${instance} lost {{ $value | printf "%.0f" }} spans: {{ $labels.reason }}`,
      description: 'Traces have gaps or are missing. Metrics are counted apart from traces and are complete.',
      dashboard: telemetry,
    },
    {
      name: 'LogLinesDropped',
      severity: 'warning',
      component: 'telemetry',
      expr: promql`
        ${dropped('log_lines_dropped_total', 'job, instance')}
          or ${dropped('otel_log_records_dropped_total', 'job, instance, reason')}`,
      keepFiringFor: time('15m'),
      summary: `${instance} lost {{ $value | printf "%.0f" }} log lines`,
      description:
        'The service writes log lines faster than they are read or, with a reason, cannot send them to the Collector.',
      dashboard: telemetry,
    },
  ];
}

function collectorAlerts({ time, job }: Scales): Alert[] {
  const failing = ['spans', 'metric_points', 'log_records'].flatMap((items) =>
    ['send', 'enqueue'].map(
      (step) =>
        `sum by (job, instance, exporter) (rate(otelcol_exporter_${step}_failed_${items}[${time('5m')}])) > 0`,
    ),
  );
  return [
    {
      name: 'CollectorAbsent',
      severity: 'warning',
      component: 'telemetry',
      expr: `absent(up{${job('collector')}})`,
      for: time('5m'),
      keepFiringFor: time('2m'),
      summary: 'Prometheus knows of no OpenTelemetry Collector',
      description: 'Traces and span metrics go nowhere, or nobody would notice if they did.',
      dashboard: telemetry,
    },
    {
      name: 'CollectorExportFailing',
      severity: 'warning',
      component: 'telemetry',
      expr: failing.join('\n  or '),
      for: time('10m'),
      keepFiringFor: time('10m'),
      summary: 'The Collector loses data at {{ $labels.exporter }}',
      description:
        'For ten minutes the receiving end has rejected data or not answered: {{ $value | printf "%.1f" }} spans, metric points or log lines a second are dropped.',
      dashboard: telemetry,
    },
    {
      name: 'CollectorQueueFilling',
      severity: 'warning',
      component: 'telemetry',
      expr: promql`
        max by (job, instance, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)
          > 0.8`,
      for: time('10m'),
      keepFiringFor: time('10m'),
      summary: 'The queue of {{ $labels.exporter }} is {{ $value | humanizePercentage }} full',
      description: 'The Collector receives more than it can send. When the queue is full it drops data.',
      dashboard: telemetry,
    },
  ];
}

function prometheusAlerts({ time }: Scales): Alert[] {
  return [
    {
      name: 'RuleEvaluationFailing',
      severity: 'warning',
      component: 'telemetry',
      expr: `sum by (job, instance, rule_group) (increase(prometheus_rule_evaluation_failures_total[${time('5m')}])) > 0`,
      for: time('5m'),
      keepFiringFor: time('15m'),
      summary: 'The rules of {{ $labels.rule_group }} fail to evaluate',
      description: 'What they record is missing, and alerts that build on it stay silent.',
      dashboard: telemetry,
    },
    {
      name: 'RuleGroupSlow',
      severity: 'warning',
      component: 'telemetry',
      expr: promql`
        max by (job, instance, rule_group) (
          prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds > 1
            or increase(prometheus_rule_group_iterations_missed_total[${time('10m')}]) > 0
        )`,
      for: time('10m'),
      keepFiringFor: time('10m'),
      summary: 'The rules of {{ $labels.rule_group }} take longer than their interval',
      description: 'Evaluations are skipped. Long windows lose the increments of that time.',
      dashboard: telemetry,
    },
    {
      name: 'AlertsNotDelivered',
      severity: 'warning',
      component: 'telemetry',
      expr: promql`
        ${deliveryVerdict} == 2
          or sum by (job, instance) (increase(prometheus_notifications_dropped_total[${time('15m')}])) > 0`,
      for: time('5m'),
      keepFiringFor: time('15m'),
      summary: `${instance} cannot deliver alerts`,
      description:
        'Alertmanager could not reach a receiver that has an address, or Prometheus could not reach Alertmanager. Until this is fixed, look at the alerts on the dashboards.',
      dashboard: telemetry,
    },
    {
      name: 'Watchdog',
      severity: 'none',
      component: 'telemetry',
      expr: 'vector(1)',
      summary: 'Alerting works',
      description: 'Fires always. Its receiver raises the alarm when it stops arriving.',
      dashboard: telemetry,
    },
  ];
}
