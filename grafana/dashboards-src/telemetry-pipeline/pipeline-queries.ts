import { worstAlert } from '../alerts-table.ts';

export const rate = (series: string) => `rate(${series}[$__rate_interval])`;
export const service = 'count(up{job="vigia"})';
export const collector = 'count(otelcol_process_uptime)';
/** The rate of a counter that is exported from its first event on: 0 before that, while its process is scraped. */
const orZero = (expr: string, counter: string) => `(${expr} or 0 * ${counter})`;
export const sum = (series: string, counter: string) => orZero(`sum(${rate(series)})`, counter);
/** The counters of what is dropped, by the part that drops it. */
const counters = {
  // not the points of a push, which the next one has again
  service: [
    'samples_dropped_total',
    'otel_spans_dropped_total',
    'log_lines_dropped_total',
    'otel_log_records_dropped_total',
  ],
  collector: [
    'otelcol_receiver_refused_spans',
    'otelcol_exporter_send_failed_spans',
    'otelcol_exporter_enqueue_failed_spans',
  ],
} as const;
/** How many one part has dropped in the time range: 0 while it is scraped and has dropped nothing. */
const droppedBy = (part: keyof typeof counters, scraped: string) =>
  `label_replace(${counters[part].map((counter) => orZero(`sum(increase(${counter}[$__range]))`, scraped)).join(' + ')}, "part", "${part}", "", "")`;
/** The same of the parts that are scraped, and nothing where none is. */
export const dropped = `sum(${droppedBy('service', service)} or ${droppedBy('collector', collector)})`;
export const queueFill = 'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)';
/** Without the path of the file in front of the group's name. */
export const groupLoad =
  'max by (rule_group) (label_replace(prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds, "rule_group", "$1", "rule_group", ".*;(.+)"))';
/** The groups that take most of their interval, at the worst of the time range. */
export const slowest = (most: number) =>
  `${groupLoad} and on (rule_group) topk(${most}, max_over_time(${groupLoad}[$__range:1m] @ end()))`;
/** Silence only means that no alert fires while rules are evaluated, which the Watchdog shows. */
export const telemetryVerdict = `${worstAlert('component="telemetry"')} or 0 * count(ALERTS{alertname="Watchdog"})`;
export const rulesFailed = 'sum(increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))';
