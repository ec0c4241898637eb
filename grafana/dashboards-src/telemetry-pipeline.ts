import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { alertAnnotations, compose } from './compose.ts';
import { drops } from './telemetry-pipeline/drops.ts';
import { glance } from './telemetry-pipeline/pipeline-glance.ts';
import { queues } from './telemetry-pipeline/queues.ts';
import { rules } from './telemetry-pipeline/rules-and-alerts.ts';
import { scrapes } from './telemetry-pipeline/scrapes.ts';
import * as variables from './variables.ts';

/** What is dropped where, queues, scrapes and rules: whether the other dashboards can be believed. */
export function telemetryPipeline(): Dashboard {
  return compose({
    uid: dashboards.telemetry,
    title: 'Telemetry pipeline',
    description:
      'Whether the other dashboards can be believed. From top to bottom: the verdict, what is dropped where, the Collector and its queues, the scrapes, the rules and the alerts.',
    from: 'now-1h',
    variables: [variables.datasource],
    annotations: alertAnnotations('component="telemetry"'),
    rows: [glance, drops, queues, scrapes, rules],
  });
}
