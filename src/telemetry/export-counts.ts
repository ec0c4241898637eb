import type { Instrument } from './instrument.ts';
import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';

/** What happened to the spans, data points or log lines that were to be sent. */
export type ExportCounts = { exported: number; queueFull: number; exportFailed: number; rejected: number };

export function createExportCounts(): ExportCounts {
  return { exported: 0, queueFull: 0, exportFailed: 0, rejected: 0 };
}

/** Those that were lost. */
export function lostOf({ queueFull, exportFailed, rejected }: ExportCounts): number {
  return queueFull + exportFailed + rejected;
}

/** The counts of each signal as metrics. Nothing queues for the next push of metrics. */
export function exportMetrics(counts: {
  readonly traces: ExportCounts;
  readonly metrics: ExportCounts;
  readonly logs: ExportCounts;
}): MetricSource {
  const { spansExported, spansDropped, pointsExported, pointsDropped } = instruments;
  const { logRecordsExported, logRecordsDropped } = instruments;
  return () => [
    exported(spansExported, counts.traces),
    dropped(spansDropped, counts.traces),
    exported(pointsExported, counts.metrics),
    dropped(pointsDropped, counts.metrics),
    exported(logRecordsExported, counts.logs),
    dropped(logRecordsDropped, counts.logs),
  ];
}

function exported(instrument: Instrument, counts: ExportCounts) {
  return counterData(instrument, [{ attributes: {}, value: counts.exported }]);
}

const reasons = {
  queueFull: { reason: 'queue_full' },
  exportFailed: { reason: 'export_failed' },
  rejected: { reason: 'rejected' },
} as const;

function dropped(instrument: Instrument, counts: ExportCounts) {
  return counterData(instrument, [
    { attributes: reasons.queueFull, value: counts.queueFull },
    { attributes: reasons.exportFailed, value: counts.exportFailed },
    { attributes: reasons.rejected, value: counts.rejected },
  ]);
}
