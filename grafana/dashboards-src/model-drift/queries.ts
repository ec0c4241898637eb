import { dashboards } from '../../../otel/prometheus/generator/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import { variable } from '../language.ts';
import { type DataLink, toDashboard } from '../links.ts';
import { of } from '../model-queries.ts';

const limit = `clamp_min(${of('model_feature:psi_noise_ceiling')}, ${driftRule.minPsi})`;
/** PSI by feature as a multiple of its limit: above 1 is drift. */
export const timesLimit = `max by (feature) (${of('model_feature:psi')} / ${limit})`;
/** The verdict by feature: see `driftWords`. */
export const verdict = `max by (feature) (${of('model_feature_window:verdict')})`;
/** A recorded figure by feature. */
export const perFeature = (metric: string) => `max by (feature) (${of(metric)})`;

/** Opens a feature on the same dashboard. */
export const toFeature = (value: string): DataLink =>
  toDashboard(
    dashboards.drift,
    'Open this feature',
    ['datasource', 'model', 'version', 'window'],
    `var-feature=${value}`,
  );

/** The same from a point of a series that has the label `feature`. */
export const seriesFeature = toFeature(variable('__field.labels.feature:percentencode'));
