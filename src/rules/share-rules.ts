import { outsideReferenceCount, shareDesignEffect } from '../monitor/risen-share.ts';
import { driftRule } from '../stats/drift.ts';
import { binomialCeiling, byFeature, perFeature, promql, sumBy } from './promql.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { type WindowedCount, windowGroups } from './window-rules.ts';

const byModel = 'model, version';
const { ceilingZ: z } = driftRule;

/** Bins without a value of the reference's kind. Each is watched as a share of its own: the PSI hardly changes with it. */
const watchedBins = ['missing', 'unseen'] as const;

const counts: readonly WindowedCount[] = [
  {
    name: 'model_feature:outside_range',
    count: (rise) => sumBy(byFeature, rise('model_feature_outside_range_total')),
  },
  {
    name: 'model_prediction:predictions',
    count: (rise) => sumBy(`${byModel}, prediction`, rise('model_predictions_total')),
  },
  {
    name: 'model_feature_bin:decisions',
    count: (rise) => sumBy(`${byFeature}, bin, prediction`, rise('model_feature_bin_predictions_total')),
  },
  {
    name: 'model:inputs_refused',
    count: (rise) => sumBy(byModel, rise('model_inputs_refused_total')),
  },
];

const predictions = 'model_prediction:predictions:increase';

/** Shares over each window; absent while the window is empty. */
const shares: readonly RecordingRule[] = [
  {
    record: 'model_feature:outside_range_ratio',
    expr: 'model_feature:outside_range:increase / (model_feature:observations:increase > 0)',
  },
  {
    // Of the features that have a range.
    record: 'model_feature:outside_range_ratio:reference',
    expr: promql`
      ${outsideReferenceCount} / model_feature:reference_samples:max
        and on (${byFeature}) model_feature:outside_range:increase`,
  },
  shareCeiling('outside_range'),
  {
    record: 'model_prediction:ratio',
    expr: promql`
      ${predictions}
        / on (${byModel}, window) group_left ()
      (sum by (${byModel}, window) (${predictions}) > 0)`,
  },
  {
    // Scored and rejected ones.
    record: 'model:inputs:increase',
    expr: promql`
      sum by (${byModel}, window) (${predictions})
        + model:inputs_refused:increase`,
  },
  {
    record: 'model:refused_ratio',
    expr: 'model:inputs_refused:increase / (model:inputs:increase > 0)',
  },
  ...watchedBins.flatMap(binShare),
];

/** The share of one bin, that of the reference, and the ceiling that chance alone stays below. */
function binShare(bin: (typeof watchedBins)[number]): RecordingRule[] {
  return [
    {
      record: `model_feature:${bin}_ratio:reference`,
      expr: `sum by (${byFeature}) (model_feature_bin:reference_ratio:max{bin="${bin}"})`,
    },
    {
      record: `model_feature:${bin}_ratio`,
      expr: `sum by (${byFeature}, window) (model_feature_bin:live_ratio{bin="${bin}"})`,
    },
    shareCeiling(bin),
  ];
}

/** The ceiling that chance alone keeps a live share below, given that of the reference. */
function shareCeiling(name: (typeof watchedBins)[number] | 'outside_range'): RecordingRule {
  return {
    record: `model_feature:${name}_ratio_noise_ceiling`,
    expr: binomialCeiling({
      referenceCount: `model_feature:${name}_ratio:reference * model_feature:reference_samples:max`,
      referenceSamples: 'model_feature:reference_samples:max',
      samples: `(model_feature:observations:increase / ${shareDesignEffect} > 0)`,
      join: perFeature,
      z,
    }),
  };
}

/**
 * Rejected inputs have no reference, which is made of accepted rows. The last hour is compared with the 24 h before it if
 * these had enough inputs, otherwise with none rejected.
 */
function refusedBefore({ time, requests }: Scales): RecordingRule[] {
  const ago = `offset ${time('1h')}`;
  const inputs = `(model:inputs:increase{window="24h"} ${ago} >= ${requests(300)})`;
  const now = '(model:inputs:increase{window="1h"} > 0)';
  const ceiling = binomialCeiling({
    referenceCount: `model:inputs_refused:increase{window="24h"} ${ago}`,
    referenceSamples: inputs,
    samples: now,
    join: `on (${byModel}) group_left ()`,
    z,
  });
  return [
    {
      record: 'model:refused_ratio_before',
      expr: promql`
        sum by (${byModel}) (model:refused_ratio{window="24h"} ${ago} and ${inputs})
          or 0 * sum by (${byModel}) ${now}`,
    },
    {
      record: 'model:refused_ratio_noise_ceiling',
      expr: promql`
        ${ceiling}
          or 0 * ${now}`,
    },
  ];
}

export function shareGroups(scales: Scales): RuleGroup[] {
  return windowGroups('model-shares', counts, scales, { after: [...shares, ...refusedBefore(scales)] });
}
