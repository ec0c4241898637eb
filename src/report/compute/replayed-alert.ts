import type { AlertSettings } from '../../alerts/alert-settings.ts';
import { createAlertState } from '../../alerts/alert-state.ts';
import { type LiveAlertName, liveAlertTiming } from '../../alerts/live-alert-timings.ts';
import type { Alarm } from './drift-report.ts';

/** One alert of one feature, and the times that it fires. */
export function createAlert(name: LiveAlertName, feature: string | null, settings: AlertSettings) {
  const timing = liveAlertTiming(name, settings);
  const state = createAlertState(timing);
  const alarms: Alarm[] = [];
  let firing: Alarm | undefined;
  return {
    /** @param value the value when the condition holds, else `null`. @returns whether it fires */
    look(nowMs: number, value: number | null): boolean {
      const isFiring = state.look(nowMs, value !== null) === 'firing';
      if (isFiring && firing === undefined) {
        const from = new Date(nowMs).toISOString();
        firing = { alert: name, severity: timing.severityLabel, feature, from, to: null, value: value ?? 0 };
        alarms.push(firing);
      } else if (isFiring && firing !== undefined && value !== null) {
        firing.value = Math.max(firing.value, value);
      } else if (!isFiring && firing !== undefined) {
        firing.to = new Date(nowMs).toISOString();
        firing = undefined;
      }
      return isFiring;
    },
    alarms: () => alarms,
  };
}
