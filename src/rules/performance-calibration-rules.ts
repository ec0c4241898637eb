import { outcomeRule } from '../monitor/performance-calibration.ts';
import { byModel, byWindow, withBand } from './performance-labels.ts';
import { chiSquareQuantile, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

const positives = 'model_score_band:positives';
const outcomes = 'model_score_band:outcomes';
const expected = 'model_score_band:outcome_expected:increase';
const variance = 'model_score_band:outcome_variance:increase';
const sum = (metric: string) => `sum by (${byWindow}) (${metric})`;
const enough = `${sum(outcomes)} > 0`;
/** How much V falls short of the minimum that is judged. */
const lacking = `clamp_min(${outcomeRule.minVariance} - ${sum(variance)}, 0)`;
const enoughInBand = `${variance} >= ${outcomeRule.minVariance}`;

/** Outcomes by band of the score, and how they compare with the calibrated probabilities of the same rows. */
export const bands: readonly RecordingRule[] = [
  {
    record: 'model_score_band:predictions',
    expr: promql`
      sum by (${byWindow}, score_band, predicted) (
        ${withBand(`sum by (${byWindow}, score_bin, predicted) (model_score_bin:predictions:increase)`)}
      )`,
  },
  {
    record: 'model_score_band:outcomes',
    expr: promql`
      sum by (${byWindow}, score_band) (
        ${withBand(`sum by (${byWindow}, score_bin) (model_score_bin:outcomes:increase)`)}
      )`,
  },
  {
    record: 'model_score_band:positives',
    expr: promql`
      sum by (${byWindow}, score_band) (
        ${withBand('model_score_bin:positives{source="realised"}')}
      )`,
  },
  {
    record: 'model_score_band:reference_rows',
    expr: promql`
      sum by (${byModel}, score_band) (
        max by (${byModel}, score_bin, score_band, outcome) (model_score_bin_reference_rows)
      )`,
  },
  {
    // Of O − E when nothing has changed, as `Band` in `src/monitor` has it. Without outcomes the share is not a number,
    // which is above nothing.
    record: 'model_score_band:observed_expected:variance',
    expr: promql`
      ${outcomeRule.designEffect} * ${variance}
        + (
          ${positives} * (${outcomes} - ${positives}) / ${outcomes} > ${variance}
            or ${variance}
        )
          * ${outcomes}
          / on (${byModel}, score_band) group_left () clamp_min(model_score_band:reference_rows, 1)`,
  },
  {
    // E or N − E, whichever is less.
    record: 'model:outcome_expected:rarer_class',
    expr: promql`
      ${sum(expected)} < ${sum(outcomes)} - ${sum(expected)}
        or ${sum(outcomes)} - ${sum(expected)}`,
  },
];

/** Whether the outcomes are what the calibrated probabilities of the same rows lead one to expect, over all scores and band by band. */
export const observedExpected: readonly RecordingRule[] = [
  {
    record: 'model:observed_expected:z',
    expr: promql`
      (${sum(positives)} - ${sum(expected)})
        / sqrt(
          ${sum('model_score_band:observed_expected:variance')}
            + ${outcomeRule.designEffect} * ${lacking}
        )
        and ${enough}`,
  },
  {
    record: 'model:observed_expected:effect_ratio',
    expr: promql`
      abs(${sum(positives)} - ${sum(expected)})
        / model:outcome_expected:rarer_class
        and ${enough}`,
  },
  {
    // Of the bands that say something.
    record: 'model_score_band:observed_expected:z',
    expr: promql`
      (${positives} - ${expected})
        / sqrt(model_score_band:observed_expected:variance)
        and ${enoughInBand}`,
  },
  {
    record: 'model:calibration:chi_square',
    expr: sum('model_score_band:observed_expected:z ^ 2'),
  },
  {
    record: 'model:calibration:bands',
    expr: `count by (${byWindow}) (model_score_band:observed_expected:z)`,
  },
  {
    record: 'model:calibration:chi_square_noise_ceiling',
    expr: chiSquareQuantile('model:calibration:bands', outcomeRule.bandsZ),
  },
  {
    record: 'model:calibration:effect_ratio',
    expr: promql`
      ${sum(`abs(${positives} - ${expected}) and ${enoughInBand}`)}
        / model:outcome_expected:rarer_class`,
  },
];
