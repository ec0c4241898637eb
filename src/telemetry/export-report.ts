import { createRecurringFaults } from '../times/recurring-faults.ts';
import { describeExportError } from './export-problems.ts';
import type { ExportOutcome } from './otlp-exporter.ts';
import type { OtlpOptions } from './otlp-options.ts';
import type { SpanCounts } from './span-counts.ts';
import type { TelemetryLog } from './telemetry-log.ts';

/**
 * Makes the listener that counts how exports end and logs it: each cause once, and again only after an export has
 * succeeded in between, at most five times a minute.
 */
export function createExportReport(
  counts: SpanCounts,
  { url, timeoutMillis }: OtlpOptions,
  log: Pick<TelemetryLog, 'write'>,
  faults = createRecurringFaults(),
): (outcome: ExportOutcome) => void {
  const sayOnce = (kind: string, text: string) => {
    if (faults.begin(kind)) log.write('tracing', 'warn', text);
  };
  return (outcome) => {
    const { spans, error } = outcome;
    if (error !== undefined) {
      counts.exportFailed += spans;
      const { kind, text } = describeExportError(error, url, timeoutMillis);
      sayOnce(kind, `spans are lost because their export fails: ${text}`);
      return;
    }
    const { rejected, message, isForeign } = outcome;
    counts.rejected += rejected;
    counts.exported += spans - rejected;
    if (rejected > 0) {
      const reason = message === '' ? 'without a reason' : `saying: ${message}`;
      sayOnce('rejected', `spans are lost: the receiver rejects ${rejected} of ${spans}, ${reason}`);
      return;
    }
    if (message !== '') {
      sayOnce('warning', `the receiver accepts the spans, but warns: ${message}`);
      return;
    }
    if (isForeign) {
      sayOnce(
        'foreign',
        `${new URL(url).host} answers with success, but not in OTLP: is it a receiver of spans?`,
      );
      return;
    }
    if (faults.end()) log.write('tracing', 'info', 'spans are exported again');
  };
}
