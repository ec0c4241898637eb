import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { modelDrift } from './model-drift.ts';
import { modelPerformance } from './model-performance.ts';
import { service } from './service.ts';
import { telemetryPipeline } from './telemetry-pipeline.ts';

/** Every dashboard, in the order in which they are read. */
export const dashboards: readonly (() => Dashboard)[] = [
  modelDrift,
  modelPerformance,
  service,
  telemetryPipeline,
];

/** The text of each dashboard's file by its name: classic JSON, as Grafana is provisioned with. */
export function renderDashboards(): ReadonlyMap<string, string> {
  return new Map(
    dashboards.map((make) => {
      const dashboard = make();
      return [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`];
    }),
  );
}
