import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { alertAnnotations, compose, versionAnnotation } from './compose.ts';
import { changes } from './overview/changes.ts';
import { firing } from './overview/firing.ts';
import { models } from './overview/models.ts';
import { glance } from './overview/verdicts.ts';
import * as variables from './variables.ts';

/** Is all well, what fires, and how does each model do? The home page: every other dashboard follows from it. */
export function overview(): Dashboard {
  return compose({
    uid: dashboards.overview,
    title: 'Overview',
    description:
      'Whether all is well: a verdict on the service, on drift, on performance and on the telemetry that they rest on, each of which leads to its dashboard; then the alerts that fire, every model that is served, and when that changed.',
    from: 'now-6h',
    variables: [variables.datasource],
    annotations: [alertAnnotations('component!=""')[0], versionAnnotation('')],
    rows: [glance, firing, models, changes],
  });
}
