import type { AlertName } from './alert-names.ts';
import type { AlertSettings, AlertTiming } from './alert-settings.ts';
import { replayedAlerts } from './replayed-alerts.ts';

/** The alerts that a replica can raise by its own counts, with how long they wait before they fire, and stay. */
export const liveAlertTimings = {
  ...replayedAlerts,
  ModelSegmentDrift: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelOutcomesUnexpected: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelCalibrationBroken: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelPerformanceBelowCrossValidated: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelPerformanceEstimatedFalling: { severity: 'warning', for: '30m', keepFiringFor: '1h' },
  ModelScoreMeanShifted: { severity: 'warning', for: '15m', keepFiringFor: '1h' },
  ModelOutcomesSlowlyUnexpected: { severity: 'warning', for: '0s', keepFiringFor: '1h' },
} as const satisfies Partial<Record<AlertName, AlertTiming>>;

export type LiveAlertName = keyof typeof liveAlertTimings;

/** How one of them is raised, as the operator wants it. */
export function liveAlertTiming(name: LiveAlertName, { alerts }: AlertSettings): AlertTiming {
  return { ...liveAlertTimings[name], ...alerts[name] };
}
