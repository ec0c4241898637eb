import { scoreMeanRule } from '../monitor/score-mean.ts';
import { byModel, byWindow } from './performance-labels.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';

const samples = `(sum by (${byWindow}) (model_score_bin:predictions:increase) > 0)`;
export const trainingShare = `on (${byModel}) group_left () model:training_positive_ratio:max`;

/** The mean calibrated score and how far it lies from training's share, as `compareScoreMean` in `src/monitor` says. */
export const scoreMean: readonly RecordingRule[] = [
  {
    record: 'model:training_positive_ratio:max',
    expr: `max by (${byModel}) (model_training_positive_ratio)`,
  },
  {
    record: 'model:score_mean',
    expr: promql`
      sum by (${byWindow}) (model_score_bin:expected_positives:increase)
        / ${samples}`,
  },
  {
    // Between the bins, in the window or in training, whichever is larger.
    record: 'model:score_variance',
    expr: promql`
      (
        sum by (${byWindow}) (
          model_score_bin:expected_positives:increase ^ 2
            / (model_score_bin:predictions:increase > 0)
        )
          / ${samples}
        - model:score_mean ^ 2
      )
        > on (${byModel}) group_left () max by (${byModel}) (model_training_score_variance)
      or on (${byWindow})
      0 * model:score_mean + on (${byModel}) group_left () max by (${byModel}) (model_training_score_variance)`,
  },
  {
    record: 'model:score_mean:z',
    expr: promql`
      (model:score_mean - ${trainingShare})
        /
      sqrt(
        ${scoreMeanRule.designEffect} * model:score_variance / ${samples}
        + on (${byModel}) group_left ()
          (
            model:training_positive_ratio:max * (1 - model:training_positive_ratio:max)
              / max by (${byModel}) (model_training_rows)
          )
      )`,
  },
];
