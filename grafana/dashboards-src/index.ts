import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { type AlertSettings, defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { jobMatcher } from '../../src/rules/rule-settings.ts';
import { importForm, withVariables } from './import-form.ts';
import { placeRunbook } from './links.ts';
import { modelDrift } from './model-drift.ts';
import { modelPerformance } from './model-performance.ts';
import { overview } from './overview.ts';
import { service } from './service.ts';
import { telemetryPipeline } from './telemetry-pipeline.ts';

/** Every dashboard, in the order in which they are read. */
export const dashboards: readonly ((settings: AlertSettings) => Dashboard)[] = [
  overview,
  modelDrift,
  modelPerformance,
  service,
  telemetryPipeline,
];

/** The text of each dashboard's file by its name: classic JSON, as Grafana is provisioned with. */
export function renderDashboards(settings: AlertSettings): ReadonlyMap<string, string> {
  return new Map(
    dashboards.map((make) => {
      const dashboard = make(settings);
      const text = JSON.stringify(dashboard, placeRunbook(settings), 2);
      return [`${dashboard.uid}.json`, `${placeJob(text, settings)}\n`];
    }),
  );
}

/**
 * The same as files to import into any Grafana.
 *
 * @param version of Grafana with which they are tried
 */
export function renderImportForms(settings: AlertSettings, version: string): ReadonlyMap<string, string> {
  const dashboards = renderDashboards(withVariables(settings));
  return new Map([...dashboards].map(([name, text]) => [name, importForm(text, version)]));
}

/** With the job of the service as the settings name it, in place of the one that expressions are written with. */
function placeJob(text: string, { jobs }: AlertSettings): string {
  const quoted = (job: string) => JSON.stringify(jobMatcher(job)).slice(1, -1);
  return text.replaceAll(quoted(defaultAlertSettings.jobs.service), () => quoted(jobs.service));
}
