import type { Signal } from '../settings/otlp-settings.ts';
import { createRecurringFaults } from '../times/recurring-faults.ts';
import type { ExportCounts } from './export-counts.ts';
import { describeExportError } from './export-problems.ts';
import type { ExportOutcome } from './otlp-exporter.ts';
import type { OtlpOptions } from './otlp-options.ts';
import type { TelemetryLog } from './telemetry-log.ts';

/** What is sent of each signal. */
const itemsOf: Readonly<Record<Signal, string>> = { traces: 'spans', metrics: 'metrics', logs: 'log lines' };

/**
 * Makes the listener that counts how exports end and logs it: each cause once, and again only after an export has
 * succeeded in between, at most five times a minute.
 */
export function createExportReport(
  counts: ExportCounts,
  options: OtlpOptions,
  log: Pick<TelemetryLog, 'write'>,
  faults = createRecurringFaults(),
): (outcome: ExportOutcome) => void {
  const what = itemsOf[options.signal];
  const event = options.signal === 'traces' ? 'tracing' : options.signal;
  const sayOnce = (kind: string, text: string) => {
    if (faults.begin(kind)) log.write(event, 'warn', text);
  };
  return (outcome) => {
    const { items, error } = outcome;
    if (error !== undefined) {
      counts.exportFailed += items;
      const { kind, text } = describeExportError(error, options);
      sayOnce(kind, `${what} are lost because their export fails: ${text}`);
      return;
    }
    const { rejected, message, isForeign } = outcome;
    counts.rejected += rejected;
    counts.exported += items - rejected;
    if (rejected > 0) {
      const reason = message === '' ? 'without a reason' : `saying: ${message}`;
      sayOnce('rejected', `${what} are lost: the receiver rejects ${rejected} of ${items}, ${reason}`);
      return;
    }
    if (message !== '') {
      sayOnce('warning', `the receiver accepts the ${what}, but warns: ${message}`);
      return;
    }
    if (isForeign) {
      sayOnce(
        'foreign',
        `${new URL(options.url).host} answers with success, but not in OTLP: is it a receiver of ${what}?`,
      );
      return;
    }
    if (faults.end()) log.write(event, 'info', `${what} are exported again`);
  };
}
