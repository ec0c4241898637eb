import type { AlertName } from './alert-names.ts';
import type { AlertSettings, AlertTiming } from './alert-settings.ts';
import { type SeverityLabel, severityLabels } from './severities.ts';

/** The drift alerts that the report replays over samples, with how long they wait before they fire, and stay. */
export const replayedAlerts = {
  ModelFeatureDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureDriftEarly: { severity: 'warning', for: '10m', keepFiringFor: '30m' },
  ModelFeatureDriftFast: { severity: 'critical', for: '2m', keepFiringFor: '10m' },
  ModelScoreDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureMissing: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureUnseen: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureOutsideRange: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelDriftSlow: { severity: 'warning', for: '0s', keepFiringFor: '1h' },
  ModelDriftBroad: { severity: 'critical', for: '5m', keepFiringFor: '15m' },
} as const satisfies Partial<Record<AlertName, AlertTiming>>;

export type ReplayedAlertName = keyof typeof replayedAlerts;

/** How one of them is raised, as the operator wants it and calls it. */
export function replayedAlert(
  name: ReplayedAlertName,
  { alerts, labels }: AlertSettings,
): Omit<AlertTiming, 'severity'> & { readonly severity: SeverityLabel } {
  const alert: AlertTiming = { ...replayedAlerts[name], ...alerts[name] };
  return { ...alert, severity: severityLabels[labels.severity][alert.severity] };
}
