import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { placeRunbook } from './links.ts';
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

/**
 * The text of each dashboard's file by its name: classic JSON, as Grafana is provisioned with.
 *
 * @param runbookUrl the page with a section for each alert; without one, no link leads there
 */
export function renderDashboards(runbookUrl?: string): ReadonlyMap<string, string> {
  return new Map(
    dashboards.map((make) => {
      const dashboard = make();
      return [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, placeRunbook(runbookUrl), 2)}\n`];
    }),
  );
}
