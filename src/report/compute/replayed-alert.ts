import type { AlertSettings } from '../../alerts/alert-settings.ts';
import { durationMs } from '../../alerts/duration.ts';
import { type ReplayedAlertName, replayedAlert } from '../../alerts/replayed-alerts.ts';
import type { Alarm } from './drift-report.ts';

/** One alert of one feature: pending, firing, resolved, as Prometheus does it. */
export function createAlert(name: ReplayedAlertName, feature: string | null, settings: AlertSettings) {
  const { severity, ...waits } = replayedAlert(name, settings);
  const [forMs, keepFiringMs] = [durationMs(waits.for), durationMs(waits.keepFiringFor)];
  const alarms: Alarm[] = [];
  let pendingMs = Number.NaN;
  let falseMs = Number.NaN;
  let firing: Alarm | undefined;
  return {
    /** @param value the value when the condition holds, else `null`. @returns whether it fires */
    look(nowMs: number, value: number | null): boolean {
      if (value === null) {
        pendingMs = Number.NaN;
        if (firing === undefined) return false;
        if (Number.isNaN(falseMs)) falseMs = nowMs;
        if (nowMs - falseMs < keepFiringMs) return true;
        firing.to = new Date(nowMs).toISOString();
        firing = undefined;
        return false;
      }
      falseMs = Number.NaN;
      if (firing !== undefined) {
        firing.value = Math.max(firing.value, value);
        return true;
      }
      if (Number.isNaN(pendingMs)) pendingMs = nowMs;
      if (nowMs - pendingMs < forMs) return false;
      firing = { alert: name, severity, feature, from: new Date(nowMs).toISOString(), to: null, value };
      alarms.push(firing);
      return true;
    },
    alarms: () => alarms,
  };
}
