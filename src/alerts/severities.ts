import { z } from 'zod';
import type { AlertSetting } from './alert-setting.ts';

/** How urgent an alert is: somebody is needed now, on the next working day, or not at all. */
export const severities = ['critical', 'warning', 'info'] as const;

export type Severity = (typeof severities)[number];

/** What the label `severity` says, by either custom. `otel/alertmanager.yaml` knows both. */
export const severityLabels = {
  'critical-warning-info': { critical: 'critical', warning: 'warning', info: 'info' },
  'page-ticket-info': { critical: 'page', warning: 'ticket', info: 'info' },
} as const satisfies Record<string, Record<Severity, string>>;

export type SeverityNames = keyof typeof severityLabels;

/** A value of the label `severity`. */
export type SeverityLabel = (typeof severityLabels)[SeverityNames][Severity];

export const alertLabels = {
  severity: {
    default: 'critical-warning-info' as SeverityNames,
    schema: z.enum(Object.keys(severityLabels) as [SeverityNames, ...SeverityNames[]]),
    description:
      'What the label `severity` says: `critical-warning-info`, or `page-ticket-info` with `page` for critical and `ticket` for warning.',
  },
} satisfies Record<string, AlertSetting>;
