import { formatCount, formatPsi, formatShare } from '../../text/format.ts';
import type { Alarm } from '../compute/drift-report.ts';

/** The greatest value of an alarm: a share where the alert is about shares, the evidence of slow drift, else a PSI. */
export function formatAlarmValue({ alert, value }: Alarm): string {
  if (alert === 'ModelDriftSlow') return `evidence ${formatCount(Math.round(value))}`;
  return /Drift(?!Broad)/.test(alert) ? `PSI ${formatPsi(value)}` : formatShare(value);
}
