import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { AlertSettings } from '../../src/alerts/alert-settings.ts';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { alertAnnotations, compose, versionAnnotation } from './compose.ts';
import { budgets } from './service/objectives.ts';
import { replicas } from './service/replicas.ts';
import { red } from './service/requests-by-route.ts';
import { saturation } from './service/saturation.ts';
import { glance } from './service/service-glance.ts';
import { slow } from './service/slow-requests.ts';
import * as variables from './variables.ts';

/** Rate, errors and duration, what the objectives say, single slow requests, and what runs short. */
export function service({ objectives }: AlertSettings): Dashboard {
  return compose({
    uid: dashboards.service,
    title: 'Service',
    description:
      'Whether the service answers, well and fast enough, and why not. From top to bottom: the verdict, rate, errors and duration by route, the objectives, single traces, what runs short, each replica.',
    from: 'now-1h',
    variables: [variables.datasource, variables.instance],
    annotations: [...alertAnnotations('component="service"'), versionAnnotation('')],
    rows: [glance(objectives), red, budgets(objectives), slow, saturation, replicas],
  });
}
