import { driftRule } from '../stats/drift.ts';
import type { Subject } from './distance-rules.ts';
import { byFeature, perFeature, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import type { RuleWindow } from './window-rules.ts';

const { minPsi, undeterminedCeiling, ceilingZ, minMovedPsi, minTrend, minTrendValues } = driftRule;

const trend = promql`
  or 0 * (
    abs(model_feature:rank_trend - 0.5) > ${minTrend}
      and abs(model_feature:rank_trend:z) > ${ceilingZ}
      and model_feature:values:increase * model_feature:rank_tie_correction >= ${minTrendValues}
      and model_feature:rank_tie_correction * ${perFeature} model_feature:reference_values >= ${minTrendValues}
  ) + 2`;

/**
 * 0 stable, 1 undetermined, 2 moved, 3 drifting, as `judgeDrift` in `src/stats` decides.
 *
 * @param orMoved what else makes a variable one that has moved, in lines that begin with `or`
 */
export function windowVerdict({ prefix, by }: Pick<Subject, 'prefix' | 'by'>, orMoved = ''): RecordingRule {
  const psi = `${prefix}:psi`;
  const ceiling = `${prefix}:psi_noise_ceiling`;
  const alternatives = [
    `or 0 * (${psi} > clamp_min(${ceiling}, ${minMovedPsi})) + 2`,
    ...(orMoved === '' ? [] : [orMoved]),
    `or 0 * (${ceiling} > ${undeterminedCeiling}) + 1`,
    `or 0 * ${psi}`,
    `or 0 * (${prefix}:observations:increase == 0) + 1 and on (${by}) ${prefix}:reference_samples:max`,
  ];
  return {
    record: `${prefix}_window:verdict`,
    expr: promql`
      0 * (${psi} > clamp_min(${ceiling}, ${minPsi})) + 3
        ${alternatives.join('\n')}`,
  };
}

export function verdictRules({ requests, thresholds }: Scales): RecordingRule[] {
  const judged = (window: RuleWindow) =>
    window === '7d'
      ? `model_feature_window:verdict{window="${window}"}`
      : promql`
          (
            model_feature_window:verdict{window="${window}"}
              and model_feature:observations:increase >= ${requests(thresholds.minRequests[window])}
          )`;
  return [
    windowVerdict({ prefix: 'model_feature', by: byFeature }, trend),
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
