import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { noneBelow } from '../panel-expressions.ts';
import { timeSeries } from '../time-series.ts';
import { collector, rate, service, sum } from './pipeline-queries.ts';

export const drops: Row = {
  question: 'What is dropped, and where?',
  panels: [
    timeSeries(
      {
        title: 'Dropped by the service',
        description:
          'Dropped a second, by kind and reason: a full queue (too much at once) or a refusing disk, Collector or log reader. Dropping is what keeps answers fast; it should be rare and has an alert.',
        unit: 'suffix:/s',
        noData: 'no replica is scraped',
      },
      [
        {
          expr: noneBelow(`sum by (reason) (${rate('samples_dropped_total')})`, service, 'reason'),
          legend: 'samples {{reason}}',
        },
        {
          expr: noneBelow(`sum by (reason) (${rate('otel_spans_dropped_total')})`, service, 'reason'),
          legend: 'spans {{reason}}',
        },
        { expr: sum('log_lines_dropped_total', service), legend: 'log lines' },
        {
          expr: noneBelow(`sum by (reason) (${rate('otel_log_records_dropped_total')})`, service, 'reason'),
          legend: 'log lines over OTLP {{reason}}',
        },
        {
          expr: noneBelow(`sum by (reason) (${rate('otel_metric_points_dropped_total')})`, service, 'reason'),
          legend: 'points of pushed metrics {{reason}}',
        },
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
        unit: 'suffix:spans/s',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: sum('otelcol_receiver_refused_spans', collector), legend: 'refused' },
        { expr: sum('otelcol_exporter_enqueue_failed_spans', collector), legend: 'not queued' },
        { expr: sum('otelcol_exporter_send_failed_spans', collector), legend: 'not sent' },
      ],
    ).links([asPanelLink(toRunbook('CollectorExportFailing'))]),
    timeSeries(
      {
        title: 'Spans along the way',
        description:
          'Spans a second as the service exports them, the Collector accepts them and sends them on. The lines should coincide; a gap shows where spans get lost or wait.',
        unit: 'suffix:spans/s',
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
        unit: 'suffix:samples/s',
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
