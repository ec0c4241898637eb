import type { DriftReport } from './drift-report.ts';
export function renderHtml(report: DriftReport): string {
  return JSON.stringify(report);
}
