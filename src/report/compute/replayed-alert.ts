import { type AlertName, alertRules } from './alert-rules.ts';
import type { Alarm } from './drift-report.ts';

/** One alert of one feature: pending, firing, resolved, as Prometheus does it. */
export function createAlert(name: AlertName, feature: string | null) {
  const { severity, forMs, keepFiringMs } = alertRules[name];
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
