import type { AlertName } from './alert-names.ts';
import type { AlertSettings, AlertTiming } from './alert-settings.ts';
import { type SeverityLabel, severityLabels } from './severities.ts';

/**
 * The alerts that a replica can raise by its own counts, with how long they wait before they fire, and stay. The report
 * replays those on drift over samples, except ModelSegmentDrift.
 */
export const liveAlertTimings = {
  ModelFeatureDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureDriftEarly: { severity: 'warning', for: '10m', keepFiringFor: '30m' },
  ModelFeatureDriftFast: { severity: 'critical', for: '2m', keepFiringFor: '10m' },
  ModelScoreDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureMissing: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureUnseen: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelFeatureOutsideRange: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelDriftSlow: { severity: 'warning', for: '0s', keepFiringFor: '1h' },
  ModelDriftBroad: { severity: 'critical', for: '5m', keepFiringFor: '15m' },
  ModelSegmentDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelOutcomesUnexpected: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelCalibrationBroken: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelPerformanceBelowCrossValidated: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelPerformanceEstimatedFalling: { severity: 'warning', for: '30m', keepFiringFor: '1h' },
  ModelScoreMeanShifted: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelOutcomesSlowlyUnexpected: { severity: 'warning', for: '0s', keepFiringFor: '1h' },
} as const satisfies Partial<Record<AlertName, AlertTiming>>;

export type LiveAlertName = keyof typeof liveAlertTimings;

/** How one of them is raised, as the operator wants it, and what the label `severity` then says. */
export function liveAlertTiming(
  name: LiveAlertName,
  { alerts, labels }: AlertSettings,
): AlertTiming & { readonly severityLabel: SeverityLabel } {
  const timing: AlertTiming = { ...liveAlertTimings[name], ...alerts[name] };
  return { ...timing, severityLabel: severityLabels[labels.severity][timing.severity] };
}
