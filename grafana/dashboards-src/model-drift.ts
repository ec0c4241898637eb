import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { alertAnnotations, compose, versionAnnotation } from './compose.ts';
import { answers } from './model-drift/answers.ts';
import { distance } from './model-drift/distance.ts';
import { glance } from './model-drift/drift-glance.ts';
import { events } from './model-drift/events.ts';
import { features } from './model-drift/feature-panels.ts';
import { opened } from './model-drift/opened.ts';
import { refused } from './model-drift/refused.ts';
import { segments } from './model-drift/segment-panels.ts';
import { slow } from './model-drift/slow-drift-panels.ts';
import * as variables from './variables.ts';

/** Is it fine, which features are not, what happened to the one opened, where among the rows, and what does it do to the answers? */
export function modelDrift(): Dashboard {
  return compose({
    uid: dashboards.drift,
    title: 'Model drift',
    description:
      'Whether live inputs and scores still look like the reference. From top to bottom: the verdict, the features by what their move does, slow drift, one of them opened, the segments, the answers, the refusals.',
    from: 'now-6h',
    variables: [
      variables.datasource,
      variables.model,
      variables.version,
      variables.window,
      variables.feature,
      variables.segmentFeature,
      variables.segment,
    ],
    annotations: [
      ...alertAnnotations('component="model",model="$model"'),
      versionAnnotation('model="$model"'),
    ],
    rows: [glance, features, distance, slow, opened, segments, answers, refused, events],
  });
}
