import { calibrationRule } from '../../../src/monitor/performance-calibration.ts';
import { byModel, byWindow, withBand } from './performance-labels.ts';
import { chiSquareQuantile, promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

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
        ${withBand(`max by (${byModel}, score_bin, outcome) (model_score_bin_reference_rows)`)}
      )`,
  },
];

const bandRows = `on (${byModel}, score_band) group_left () model_score_band:reference_rows`;

/** Whether the outcomes are what the calibrated probabilities of the same rows let expect, in all and band by band. */
export const observedExpected: readonly RecordingRule[] = [
  {
    record: 'model:observed_expected:z',
    expr: promql`
      (
        sum by (${byWindow}) (model_score_band:positives)
          - sum by (${byWindow}) (model_score_band:outcome_expected:increase)
      )
        /
      sqrt(
        (sum by (${byWindow}) (model_score_band:outcome_variance:increase) > 0)
          * (
            1 + sum by (${byWindow}) (model_score_band:outcomes)
              / on (${byModel}) group_left () sum by (${byModel}) (model_score_band:reference_rows)
          )
      )`,
  },
  {
    // Of the bands that say something.
    record: 'model_score_band:observed_expected:z',
    expr: promql`
      (model_score_band:positives - model_score_band:outcome_expected:increase)
        /
      sqrt(
        (model_score_band:outcome_variance:increase >= ${calibrationRule.minVariance})
          * (1 + model_score_band:outcomes / ${bandRows})
      )
      and on (${byModel}, score_band) model_score_band:reference_rows >= ${calibrationRule.minReferenceRows}`,
  },
  {
    record: 'model:calibration:chi_square',
    expr: `sum by (${byWindow}) (model_score_band:observed_expected:z ^ 2)`,
  },
  {
    record: 'model:calibration:bands',
    expr: `count by (${byWindow}) (model_score_band:observed_expected:z)`,
  },
  {
    record: 'model:calibration:chi_square_noise_ceiling',
    expr: chiSquareQuantile('model:calibration:bands', calibrationRule.ceilingZ),
  },
];
