import { defaultAlertSettings } from '../alerts/alert-settings.ts';
import { trustRule } from '../monitor/estimate-trust.ts';
import { minShareRequests, shareDesignEffect } from '../monitor/risen-share.ts';
import { driftRule } from '../stats/drift.ts';
import { byModel, byWindow } from './performance-labels.ts';
import { binomialCeiling, byFeature, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { hasRisen } from './share-alerts.ts';

const doubts = 'model:estimate_doubts';
const samples = `sum by (${byWindow}) (model:performance_samples{source="estimated"})`;
const toModel = `on (${byModel}) group_left ()`;
const referenceRows = `sum by (${byModel}) (model_score_bin:reference_rows)`;
/** 1 for a score bin whose training rows say little. */
const isThin = promql`
  (
    model_score_bin:reference_rows
      < bool ${toModel} clamp_max(${trustRule.minBinShare} * ${referenceRows}, ${trustRule.minBinRows})
  )`;

/** Whether the estimated figures can be believed, as `judgeTrust` in `src/monitor` says. */
export function trustRules(scales: Scales): readonly RecordingRule[] {
  const { requests } = scales;
  // what the service judges by itself, whatever a team wants to be told of
  const asTheService = { ...scales, thresholds: defaultAlertSettings.thresholds };
  return [
    {
      // How many features have values that the reference lacks.
      record: doubts,
      labels: { of: 'inputs' },
      expr: promql`
        count by (${byWindow}) (
          (
            ${hasRisen('outside_range', '', asTheService)}
            or
            ${hasRisen('unseen', '', asTheService)}
          )
            unless on (${byFeature}) max by (${byFeature}) (abs(model_feature_bin:effect:max)) == 0
        )`,
    },
    {
      record: 'model:thin_score_bins_ratio:reference',
      expr: promql`
        sum by (${byModel}) (model_score_bin:reference_rows * ${isThin})
          / (${referenceRows} > 0)`,
    },
    {
      record: 'model:thin_score_bins_ratio',
      expr: promql`
        sum by (${byWindow}) (
          sum by (${byWindow}, score_bin) (model_score_bin:predictions:increase)
            * on (${byModel}, score_bin) group_left () ${isThin}
        )
          / (${samples} > 0)`,
    },
    {
      // The share of scores where training had hardly any.
      record: doubts,
      labels: { of: 'scores' },
      expr: promql`
        model:thin_score_bins_ratio
          > ${binomialCeiling({
            referenceCount: `model:thin_score_bins_ratio:reference * ${referenceRows}`,
            referenceSamples: referenceRows,
            samples: `(${samples} / ${shareDesignEffect} > 0)`,
            join: toModel,
            z: driftRule.ceilingZ,
          })}
          and model:thin_score_bins_ratio - ${toModel} model:thin_score_bins_ratio:reference > ${trustRule.minRise}
          and on (${byWindow}) ${samples} >= ${requests(minShareRequests)}`,
    },
    {
      record: 'model:estimate_trusted',
      expr: promql`
        0 * (${samples} > 0 and on (${byWindow}) ${doubts})
          or
        0 * (${samples} > 0) + 1`,
    },
  ];
}
