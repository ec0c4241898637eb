import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsTable } from './alerts-table.ts';
import { alertAnnotation, compose, type Row } from './compose.ts';
import { asPanelLink, toRunbook, wholeRunbook } from './links.ts';
import { number } from './tables.ts';
import { limitLine, timeSeries } from './time-series.ts';
import * as variables from './variables.ts';
import { stat, verdictStat, verdictTimeline } from './verdict-panels.ts';

const rate = (series: string) => `rate(${series}[$__rate_interval])`;
const service = 'count(up{job="vigia"})';
const collector = 'count(otelcol_process_uptime)';

/** A counter that appears with its first event: 0 before, as long as whoever counts it is there. */
const orZero = (expr: string, counter: string) => `(${expr} or 0 * ${counter})`;
const sum = (series: string, counter: string) => orZero(`sum(${rate(series)})`, counter);

const dropped = {
  samples: sum('samples_dropped_total', service),
  spans: sum('otel_spans_dropped_total', service),
  logLines: sum('log_lines_dropped_total', service),
  refused: sum('otelcol_receiver_refused_spans', collector),
  failed: sum('otelcol_exporter_send_failed_spans', collector),
  notQueued: sum('otelcol_exporter_enqueue_failed_spans', collector),
} as const;

const queueFill = 'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)';
/** Without the path of the file in front of the group's name. */
const groupLoad =
  'max by (rule_group) (label_replace(prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds, "rule_group", "$1", "rule_group", ".*;(.+)"))';
const rulesFailed = 'sum(increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))';

const glance: Row = {
  question: 'Does what is measured arrive?',
  panels: [
    verdictStat(
      {
        title: 'Alerts about telemetry',
        description:
          'Whether any alert about telemetry itself fires: a part that is down, data dropped, rules that fail or alerts that are not delivered. The Watchdog fires always and is left out here.',
        noData: 'Prometheus evaluates no rules',
      },
      {
        expr: '2 * clamp_max(count(ALERTS{component="telemetry",alertstate="firing",severity!="none"}), 1) or 0 * count(ALERTS{alertname="Watchdog"})',
      },
      { good: 'none', bad: 'firing' },
    ).links([asPanelLink(wholeRunbook)]),
    stat(
      {
        title: 'Targets up',
        description:
          'Share of the scrape targets that Prometheus reaches, the service and the parts of the telemetry.',
        unit: 'percentunit',
        noData: 'Prometheus has no target',
      },
      { expr: 'avg(up)' },
      { expr: '2 * (min(up) == bool 0)', words: { good: 'all of them', bad: 'not all' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('TelemetryTargetDown'))]),
    stat(
      {
        title: 'Dropped',
        description:
          'Samples, spans and log lines dropped a second, by the service and the Collector together. Counters are not among them: drift and performance in Prometheus stay exact.',
        unit: 'cps',
        noData: 'neither the service nor the Collector is scraped',
      },
      { expr: Object.values(dropped).join(' + ') },
      {
        expr: `2 * (${Object.values(dropped).join(' + ')} > bool 0)`,
        words: { good: 'nothing', bad: 'look below' },
      },
    ).decimals(1),
    stat(
      {
        title: 'Collector queue',
        description:
          'How full the fullest sending queue of the Collector is. At 100 % it drops what comes in.',
        unit: 'percentunit',
        noData: 'the Collector is not scraped',
      },
      { expr: `max(${queueFill})` },
      {
        expr: `(max(${queueFill}) > bool 0.5) + (max(${queueFill}) > bool 0.8)`,
        words: { good: 'draining', unsure: 'filling', bad: 'nearly full' },
      },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('CollectorQueueFilling'))]),
    stat(
      {
        title: 'Slowest rules',
        description:
          'Time that the slowest group of rules takes, as a share of its interval. Above 100 % evaluations are skipped and long windows lose counts.',
        unit: 'percentunit',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      { expr: `max(${groupLoad})` },
      {
        expr: `(max(${groupLoad}) > bool 0.5) + (max(${groupLoad}) > bool 1)`,
        words: { good: 'in time', unsure: 'getting slow', bad: 'too slow' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('RuleGroupSlow'))]),
    stat(
      {
        title: 'Rule failures',
        description:
          'Evaluations of rules that failed. What they record is missing then, and alerts on it stay silent.',
        unit: 'none',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      { expr: rulesFailed },
      { expr: `2 * (${rulesFailed} > bool 0)`, words: { good: 'none', bad: 'failing' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('RuleEvaluationFailing'))]),
  ],
};

const drops: Row = {
  question: 'What is dropped, and where?',
  panels: [
    timeSeries(
      {
        title: 'Dropped by the service',
        description:
          'Dropped a second, by kind and reason: a full queue (too much at once) or a refusing disk, Collector or log reader. Dropping is what keeps answers fast; it should be rare and has an alert.',
        unit: 'cps',
        noData: 'no replica is scraped',
      },
      [
        {
          expr: `sum by (reason) (${rate('samples_dropped_total')}) or on () label_replace(0 * ${service}, "reason", "none", "", "")`,
          legend: 'samples {{reason}}',
        },
        {
          expr: `sum by (reason) (${rate('otel_spans_dropped_total')}) or on () label_replace(0 * ${service}, "reason", "none", "", "")`,
          legend: 'spans {{reason}}',
        },
        { expr: dropped.logLines, legend: 'log lines' },
      ],
    ).links([
      asPanelLink(toRunbook('SamplesDropped')),
      asPanelLink(toRunbook('SpansDropped')),
      asPanelLink(toRunbook('LogLinesDropped')),
    ]),
    timeSeries(
      {
        title: 'Dropped by the Collector',
        description:
          'Spans a second that the Collector refused (its memory limit), could not queue (Jaeger too slow) or gave up sending (Jaeger away).',
        unit: 'cps',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: dropped.refused, legend: 'refused' },
        { expr: dropped.notQueued, legend: 'not queued' },
        { expr: dropped.failed, legend: 'not sent' },
      ],
    ).links([asPanelLink(toRunbook('CollectorExportFailing'))]),
    timeSeries(
      {
        title: 'Spans along the way',
        description:
          'Spans a second as the service exports them, the Collector accepts them and sends them on. The lines should lie on each other; a gap is the place where they get lost or wait.',
        unit: 'cps',
        noData: 'neither the service nor the Collector is scraped',
      },
      [
        { expr: sum('otel_spans_exported_total', service), legend: 'exported by the service' },
        { expr: sum('otelcol_receiver_accepted_spans', collector), legend: 'accepted by the Collector' },
        { expr: sum('otelcol_exporter_sent_spans', collector), legend: 'sent to Jaeger' },
      ],
    ),
    timeSeries(
      {
        title: 'Samples written',
        description:
          'Input samples a second that reached the disk, by replica, beside the predictions made. With SAMPLES_RATIO below 1 fewer are written than predicted, in that ratio.',
        unit: 'cps',
        noData: 'no replica is scraped',
      },
      [
        {
          expr: `sum by (instance) (${rate('samples_written_total')}) or 0 * count by (instance) (up{job="vigia"})`,
          legend: 'written by {{instance}}',
        },
        { expr: sum('model_predictions_total', service), legend: 'predictions' },
      ],
    ),
  ],
};

const queues: Row = {
  question: 'Does the Collector keep up?',
  panels: [
    timeSeries(
      {
        title: 'Sending queues',
        description:
          'Items that wait in each exporter, and how many fit. A queue that grows while Jaeger is away and drains afterwards does its work; one that stays full drops.',
        unit: 'short',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: 'max by (exporter) (otelcol_exporter_queue_size)', legend: '{{exporter}} waiting' },
        { expr: 'max by (exporter) (otelcol_exporter_queue_capacity)', legend: '{{exporter}} capacity' },
      ],
    ).span(8),
    timeSeries(
      {
        title: 'Taken in and refused',
        description:
          'Items a second that came to the memory limiter and left it: spans, and the metrics made of them. It refuses when the Collector nears its memory limit; the service then tries again or drops.',
        unit: 'cps',
        noData: 'the Collector is not scraped, or nothing has come in yet',
      },
      [
        {
          expr: sum('otelcol_processor_incoming_items{processor="memory_limiter"}', collector),
          legend: 'in',
        },
        {
          expr: sum('otelcol_processor_outgoing_items{processor="memory_limiter"}', collector),
          legend: 'out',
        },
      ],
    ).span(8),
    timeSeries(
      {
        title: 'Memory of the Collector',
        description:
          'Resident memory of the Collector and what its heap holds. Data is refused before the limit of its container is reached.',
        unit: 'bytes',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: 'max(otelcol_process_memory_rss)', legend: 'resident' },
        { expr: 'max(otelcol_process_runtime_heap_alloc_bytes)', legend: 'heap' },
      ],
    ).span(8),
  ],
};

const scrapes: Row = {
  question: 'Is everything scraped, and in time?',
  panels: [
    verdictTimeline(
      {
        title: 'Targets',
        description: 'Each target of Prometheus over time. What a target counted while it was down is lost.',
        noData: 'Prometheus has no target',
      },
      { expr: '2 * (max by (job, instance) (up) == bool 0)', legend: '{{job}} {{instance}}' },
      { good: 'up', bad: 'down' },
    ).span(12),
    timeSeries(
      {
        title: 'Scrape duration',
        description:
          'Time that each target takes to answer a scrape. It comes out of the same event loop as the requests: keep it far below the scrape interval.',
        unit: 's',
        noData: 'Prometheus has no target',
      },
      [{ expr: 'max by (job, instance) (scrape_duration_seconds)', legend: '{{job}} {{instance}}' }],
    ),
    timeSeries(
      {
        title: 'Samples a scrape',
        description:
          'Series that each scrape brings. A step is a new version or a new label; a slope that does not end is a label without bounds.',
        unit: 'short',
        noData: 'Prometheus has no target',
      },
      [{ expr: 'max by (job, instance) (scrape_samples_scraped)', legend: '{{job}} {{instance}}' }],
    ),
    timeSeries(
      {
        title: 'Series in Prometheus',
        description: 'Series that Prometheus holds in memory. Its memory grows with them.',
        unit: 'short',
        noData: 'Prometheus does not scrape itself',
      },
      [{ expr: 'max by (instance) (prometheus_tsdb_head_series)', legend: '{{instance}}' }],
    ),
  ],
};

const rules: Row = {
  question: 'Are the rules evaluated, and the alerts delivered?',
  panels: [
    limitLine(
      timeSeries(
        {
          title: 'Rule groups: time taken of their interval',
          description:
            'How much of its interval each group of rules needs. Above 100 % evaluations are skipped; above 50 % look for a window that grew expensive.',
          unit: 'percentunit',
          noData: 'Prometheus evaluates no rules, or does not scrape itself',
        },
        [{ expr: groupLoad, legend: '{{rule_group}}' }],
      ),
      1,
    )
      .span(8)
      .links([asPanelLink(toRunbook('RuleGroupSlow'))]),
    timeSeries(
      {
        title: 'Failed and missed evaluations',
        description: 'Evaluations of rules that failed, or were skipped because the one before was not done.',
        unit: 'short',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      [
        { expr: rulesFailed, legend: 'failed' },
        {
          expr: 'sum(increase(prometheus_rule_group_iterations_missed_total[$__rate_interval]))',
          legend: 'missed',
        },
      ],
    )
      .span(8)
      .links([asPanelLink(toRunbook('RuleEvaluationFailing'))]),
    timeSeries(
      {
        title: 'Alerts sent and lost',
        description:
          'Notifications that Prometheus dropped, and that Alertmanager sent or failed to send. Lost ones reach nobody: look at the alerts here until it is mended.',
        unit: 'short',
        noData: 'neither Prometheus nor Alertmanager is scraped',
      },
      [
        {
          expr: 'sum(increase(prometheus_notifications_dropped_total[$__rate_interval]))',
          legend: 'dropped by Prometheus',
        },
        {
          expr: 'sum(increase(alertmanager_notifications_failed_total[$__rate_interval]))',
          legend: 'failed in Alertmanager',
        },
        {
          expr: 'sum(increase(alertmanager_notifications_total[$__rate_interval]))',
          legend: 'sent by Alertmanager',
        },
      ],
    )
      .span(8)
      .links([asPanelLink(toRunbook('AlertsNotDelivered'))]),
    alertsTable(
      {
        title: 'Alerts that fire or are about to',
        description:
          'All alerts, the Watchdog among them: it fires always, so that its absence shows. Pending ones hold, but not yet for as long as their rule asks. docs/alerts.md says what to do about each.',
        noData: 'not even the Watchdog fires: Prometheus evaluates no rules',
      },
      'count by (alertname, alertstate, severity, component) (ALERTS)',
      [
        { from: { label: 'component' }, name: 'About' },
        { from: { query: 'A' }, name: 'How many', look: number('none', 0) },
      ],
    ),
  ],
};

/** What is dropped where, queues, scrapes and rules: whether the other dashboards can be believed. */
export function telemetryPipeline(): Dashboard {
  return compose({
    uid: 'telemetry-pipeline',
    title: 'Telemetry pipeline',
    description:
      'Whether the other dashboards can be believed. From top to bottom: the verdict, what is dropped where, the Collector and its queues, the scrapes, the rules and the alerts.',
    from: 'now-1h',
    variables: [variables.datasource],
    annotations: [alertAnnotation('component="telemetry",severity!="none"')],
    rows: [glance, drops, queues, scrapes, rules],
  });
}
