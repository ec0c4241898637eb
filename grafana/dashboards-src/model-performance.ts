import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { alertAnnotations, compose, versionAnnotation } from './compose.ts';
import { approval } from './model-performance/approval.ts';
import { arrival } from './model-performance/arrival.ts';
import { calibration } from './model-performance/calibration.ts';
import { compared } from './model-performance/compared.ts';
import { decisions } from './model-performance/decisions.ts';
import { groupRates } from './model-performance/group-rate-panels.ts';
import { glance } from './model-performance/performance-glance.ts';
import { shadows } from './model-performance/shadows.ts';
import { slow } from './model-performance/slow-outcomes-panels.ts';
import { alertNames, versions } from './model-performance/versions.ts';
import * as variables from './variables.ts';

/** Is it as good as on held-out rows, how good is it, what came of the decisions, can the scores be believed, and by what? */
export function modelPerformance(): Dashboard {
  return compose({
    uid: dashboards.performance,
    title: 'Model performance',
    description:
      'Whether the answers are as good as they were on held-out rows: realised from the outcomes that came, beside what is estimated without them. From top to bottom: the verdict, the figures, the decisions, the calibration, what too few outcomes for a week show, the outcomes behind it, the groups, the shadows, the versions.',
    from: 'now-24h',
    variables: [
      variables.datasource,
      variables.model,
      variables.version,
      variables.outcomeWindow,
      variables.metric,
      variables.protectedFeature,
    ],
    annotations: [
      ...alertAnnotations(`alertname=~"${alertNames}",model="$model"`),
      versionAnnotation('model="$model"'),
    ],
    rows: [glance, compared, decisions, calibration, slow, arrival, approval, groupRates, shadows, versions],
  });
}
