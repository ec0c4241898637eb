import { scoreFeature } from '../../../src/model/artifact-schema.ts';
import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import { variable } from '../language.ts';
import { type DataLink, toDashboard } from '../links.ts';
import { of } from '../model-queries.ts';
import { mostSeries } from '../panel-expressions.ts';

/** PSI as a multiple of its threshold, which is `minPsi` or the noise ceiling, whichever is more: above 1 is drift. */
const ofThreshold = (more = '') =>
  `${of('model_feature:psi', more)} / clamp_min(${of('model_feature:psi_noise_ceiling', more)}, ${driftRule.minPsi})`;
export const timesThreshold = `max by (feature) (${ofThreshold()})`;
/** The same of the feature that moved furthest; the score moves with any of them. */
export const furthest = `topk(1, max by (feature) (${ofThreshold(`feature!="${scoreFeature}"`)}))`;

/** Of many features, those whose PSI was greatest at any time in the time range. */
export const amongFurthest = (expr: string) =>
  `${expr} and on (feature) topk(${mostSeries}, max by (feature) (max_over_time(${of('model_feature:psi')}[$__range] @ end())))`;
/** Of many features, those for which a share was above 0 at any time in the time range, the largest of them. */
export const withAny = (metric: string) =>
  `${perFeature(metric)} and on (feature) topk(${mostSeries}, max by (feature) (max_over_time(${of(metric)}[$__range] @ end())) > 0)`;
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
