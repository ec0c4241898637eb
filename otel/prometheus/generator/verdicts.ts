import { minRequests } from '../../../src/report/alert-rules.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import { byFeature, perFeature, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './settings.ts';
import type { WindowName } from './windows.ts';

/** 0 stable, 1 undetermined, 2 moved, 3 drifting, as `judgeDrift` in `src/stats` decides. */
export function verdictRules({ requests }: Scales): RecordingRule[] {
  const { minPsi, undeterminedCeiling, ceilingZ, minMovedPsi, minTrend, minTrendValues } = driftRule;
  const judged = (window: WindowName) =>
    minRequests[window] === 0
      ? `model_feature_window:verdict{window="${window}"}`
      : promql`
          (
            model_feature_window:verdict{window="${window}"}
              and model_feature:observations:increase >= ${requests(minRequests[window])}
          )`;
  return [
    {
      record: 'model_feature_window:verdict',
      expr: promql`
        0 * (model_feature:psi > clamp_min(model_feature:psi_noise_ceiling, ${minPsi})) + 3
          or 0 * (model_feature:psi > clamp_min(model_feature:psi_noise_ceiling, ${minMovedPsi})) + 2
          or 0 * (
            abs(model_feature:rank_trend - 0.5) > ${minTrend}
              and abs(model_feature:rank_trend:z) > ${ceilingZ}
              and model_feature:values:increase * model_feature:rank_tie_correction >= ${minTrendValues}
              and model_feature:rank_tie_correction * ${perFeature} model_feature:reference_values >= ${minTrendValues}
          ) + 2
          or 0 * (model_feature:psi_noise_ceiling > ${undeterminedCeiling}) + 1
          or 0 * model_feature:psi
          or 0 * (model_feature:observations:increase == 0) + 1 and on (${byFeature}) model_feature:reference_samples:max`,
    },
    {
      // Of the shortest window with enough requests; the label says which that was.
      record: 'model_feature:verdict',
      expr: promql`
        ${judged('10m')}
          or on (${byFeature})
        ${judged('1h')}
          or on (${byFeature})
        ${judged('24h')}
          or on (${byFeature})
        ${judged('7d')}`,
    },
  ];
}
