export const rate = (series: string) => `rate(${series}[$__rate_interval])`;
export const service = 'count(up{job="vigia"})';
export const collector = 'count(otelcol_process_uptime)';
/** The rate of a counter that is exported from its first event on: 0 before that, while its process is scraped. */
const orZero = (expr: string, counter: string) => `(${expr} or 0 * ${counter})`;
export const sum = (series: string, counter: string) => orZero(`sum(${rate(series)})`, counter);
export const dropped = {
  samples: sum('samples_dropped_total', service),
  spans: sum('otel_spans_dropped_total', service),
  logLines: sum('log_lines_dropped_total', service),
  refused: sum('otelcol_receiver_refused_spans', collector),
  failed: sum('otelcol_exporter_send_failed_spans', collector),
  notQueued: sum('otelcol_exporter_enqueue_failed_spans', collector),
} as const;
export const queueFill = 'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)';
/** Without the path of the file in front of the group's name. */
export const groupLoad =
  'max by (rule_group) (label_replace(prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds, "rule_group", "$1", "rule_group", ".*;(.+)"))';
export const rulesFailed = 'sum(increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))';
