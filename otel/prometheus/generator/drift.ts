import { minRequests, seasons } from '../../../src/report/alert-rules.ts';
import { driftRule } from '../../../src/stats/drift.ts';
import { effectRules } from './effect.ts';
import { byFeature, chiSquareQuantile, perBin, perFeature, promql } from './promql.ts';
import { rankTrend } from './rank-trend.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './settings.ts';
import { verdictRules } from './verdicts.ts';
import { type WindowedCount, windowGroups } from './windows.ts';

const { pseudoCount, ceilingZ, alertDesignEffect } = driftRule;
const rare = 'model_feature_bin:rare';

/**
 * The bins that are compared: `other` and `unseen` as one where the reference expects unseen values, as
 * `comparedCounts` in `src/stats` does.
 *
 * @param expr with the label `bin`, and those of `by` beside it
 */
function compared(expr: string, by = byFeature): string {
  return promql`
    (
      ${expr}
        unless on (${byFeature}, bin) ${rare}
      or
      label_replace(
        sum by (${by}) (${expr} and on (${byFeature}, bin) ${rare}),
        "bin", "other", "", "")
    )`;
}

const comparedReference = 'model_feature_bin:reference_ratio:compared';
const observed = compared('model_feature_bin:observations:increase', `${byFeature}, window`);

/** Replicas of a version carry the same reference: however many export it, it counts once. */
const reference: readonly RecordingRule[] = [
  {
    record: 'model_feature_bin:reference_ratio:max',
    expr: `max by (${byFeature}, bin) (model_feature_reference_ratio)`,
  },
  {
    record: 'model_feature:reference_samples:max',
    expr: `max by (${byFeature}) (model_feature_reference_samples)`,
  },
  {
    record: rare,
    expr: promql`
      model_feature_bin:reference_ratio:max{bin=~"other|unseen"}
        and on (${byFeature}) model_feature_bin:reference_ratio:max{bin="other"}
        and on (${byFeature}) model_feature_bin:reference_ratio:max{bin="unseen"} > 0`,
  },
  {
    record: comparedReference,
    expr: compared('model_feature_bin:reference_ratio:max'),
  },
  {
    record: 'model_feature:bins:count',
    expr: `count by (${byFeature}) (${comparedReference})`,
  },
  {
    // At least 1, so that a constant reference has a ceiling too.
    record: 'model_feature:degrees_of_freedom',
    expr: `clamp_min(count by (${byFeature}) (${comparedReference} > 0) - 1, 1)`,
  },
  {
    record: 'model_feature:reference_samples:smoothed',
    expr: `model_feature:reference_samples:max + ${pseudoCount} * model_feature:bins:count`,
  },
  {
    record: 'model_feature_bin:reference_ratio:smoothed',
    expr: promql`
      (${comparedReference} * ${perFeature} model_feature:reference_samples:max + ${pseudoCount})
        / ${perFeature}
      model_feature:reference_samples:smoothed`,
  },
  {
    // Of the value bins of numeric variables alone: what is joined with it leaves out the other bins.
    record: 'model_feature_bin:reference_mid_rank:max',
    expr: `max by (${byFeature}, bin) (model_feature_reference_mid_rank)`,
  },
  {
    record: 'model_feature_bin:reference_values',
    expr: promql`
      (model_feature_bin:reference_ratio:max and model_feature_bin:reference_mid_rank:max)
        * ${perFeature} model_feature:reference_samples:max`,
  },
  {
    // Bins below, above and between frequent numbers may be empty.
    record: 'model_feature:empty_bins:count',
    expr: promql`
      count by (${byFeature}) (model_feature_bin:reference_values == 0)
        or 0 * model_feature:bins:count`,
  },
  {
    record: 'model_feature:reference_values',
    expr: `sum by (${byFeature}) (model_feature_bin:reference_values)`,
  },
];

/** A bin of the reference that no replica exports has been seen by none. */
const observations: WindowedCount = {
  name: 'model_feature_bin:observations',
  count: (range) => `sum by (${byFeature}, bin) (increase(model_feature_bin_observations_total[${range}]))`,
  otherwise: '0 * model_feature_bin:reference_ratio:max',
};

const total = 'model_feature:observations:increase';
const smoothedTotal = 'model_feature:observations:smoothed';
const smoothed = 'model_feature_bin:live_ratio:smoothed';
const emptyBins = 'model_feature:empty_bins:psi';
const base = `${perBin} model_feature_bin:reference_ratio:smoothed`;

/** PSI and its noise ceiling as `measureDrift` in `src/stats` defines them; absent while the window is empty. */
const distance: readonly RecordingRule[] = [
  {
    record: total,
    expr: `sum by (${byFeature}, window) (model_feature_bin:observations:increase)`,
  },
  {
    record: 'model_feature_bin:live_ratio',
    expr: promql`
      model_feature_bin:observations:increase
        / on (${byFeature}, window) group_left ()
      (${total} > 0)`,
  },
  {
    record: smoothedTotal,
    expr: `(${total} > 0) + ${perFeature} ${pseudoCount} * model_feature:bins:count`,
  },
  {
    record: smoothed,
    expr: promql`
      (${observed} + ${pseudoCount})
        / on (${byFeature}, window) group_left ()
      ${smoothedTotal}`,
  },
  {
    record: 'model_feature:psi',
    expr: promql`
      sum by (${byFeature}, window) (
        (${smoothed} - ${base})
        * ln(${smoothed} / ${base})
      )`,
  },
  {
    // What bins that are empty on both sides add to the PSI: half an observation weighs more among few.
    record: emptyBins,
    expr: promql`
      -(${pseudoCount} / ${smoothedTotal} - ${perFeature} ${pseudoCount} / model_feature:reference_samples:smoothed)
        * ${perFeature} model_feature:empty_bins:count
        * on (${byFeature}, window)
      ln(${smoothedTotal} / ${perFeature} model_feature:reference_samples:smoothed)`,
  },
  ceiling('model_feature:psi_noise_ceiling', 1),
  // Rows of real traffic are not independent of each other: for alerts several of them count as one.
  ceiling('model_feature:psi_alert_ceiling', alertDesignEffect),
];

function ceiling(record: string, designEffect: number): RecordingRule {
  return {
    record,
    expr: promql`
      (${designEffect} / (${total} > 0) + ${perFeature} 1 / model_feature:reference_samples:max)
        * ${perFeature}
      (
        ${chiSquareQuantile('model_feature:degrees_of_freedom', ceilingZ)}
      )
        + on (${byFeature}, window)
      ${emptyBins}`,
  };
}

/**
 * The same test of a window against an earlier one in place of the reference; absent where that had too few requests to
 * be one.
 */
function seasonRules({ time, requests }: Scales): RecordingRule[] {
  return seasons.flatMap(({ window, earlier }) => {
    const ago = `offset ${time(earlier)}`;
    const labels = { window, earlier };
    const now = `${smoothed}{window="${window}"}`;
    const seen = `${total}{window="${window}"}`;
    const enough = `(${seen} ${ago} >= ${requests(minRequests[window])})`;
    const before = `model_feature_bin:observations:increase{window="${window}"} ${ago}`;
    const occupied = `(${compared(before, `${byFeature}, window`)} > 0)`;
    const degrees = `model_feature:degrees_of_freedom_to_earlier{window="${window}", earlier="${earlier}"}`;
    return [
      {
        record: 'model_feature:psi_to_earlier',
        labels,
        expr: promql`
          sum by (${byFeature}, window) (
            (${now} - ${now} ${ago})
            * ln(${now} / ${now} ${ago})
          )
          and ${enough}`,
      },
      {
        record: 'model_feature:degrees_of_freedom_to_earlier',
        labels,
        expr: `clamp_min(count by (${byFeature}, window) ${occupied} - 1, 1)`,
      },
      {
        record: 'model_feature:psi_to_earlier_alert_ceiling',
        labels,
        expr: promql`
          (${alertDesignEffect} / (${seen} > 0) + ${alertDesignEffect} / ${enough})
            * on (${byFeature}, window)
          (
            ${chiSquareQuantile(degrees, ceilingZ)}
          )`,
      },
    ];
  });
}

/** Live counts, PSI, its ceiling and the verdicts, over all windows. */
export function driftGroups(scales: Scales): RuleGroup[] {
  return windowGroups('model-drift', [observations], scales, {
    before: reference,
    after: [
      ...distance,
      ...rankTrend,
      ...seasonRules(scales),
      ...verdictRules(scales),
      ...effectRules(scales),
    ],
  });
}
