import type { Row } from '../compose.ts';
import { of } from '../model-queries.ts';
import { groups, shortBins } from '../panel-expressions.ts';
import { bars, binLabels, liveBars, number, referenceBars, table } from '../tables.ts';

type Rate = 'true_positive_rate' | 'false_positive_rate';

const named = (metric: string, rate: Rate, matcher = '') =>
  of(metric, [`metric="${rate}"`, ...(matcher ? [matcher] : [])].join(','));
const byBin = (rate: Rate) =>
  shortBins(`max by (bin) (${named('model_feature_bin:performance', rate, 'feature="$protected"')})`);
const byGroup = (metric: string, rate: Rate, matcher = '') =>
  groups(`max by (feature, bin) (${named(metric, rate, matcher)})`);
/** By the key of the table alone, as the first query brings the labels. */
const key = (expr: string) => `max by (group) (${expr})`;

const samples = 'model_feature_bin:performance_samples';
/** With the labels of every group, also of one that has outcomes of one class alone. */
const labelled = `${byGroup(samples, 'true_positive_rate')} or 0 * ${byGroup(samples, 'false_positive_rate')}`;
/** Outcomes, rate and both ends of its interval: four columns of the table. */
const columnsOf = (rate: Rate, outcomes = key(byGroup(samples, rate))) => [
  { expr: outcomes },
  { expr: key(byGroup('model_feature_bin:performance', rate)) },
  { expr: key(byGroup('model_feature_bin:performance_interval', rate, 'end="lower"')) },
  { expr: key(byGroup('model_feature_bin:performance_interval', rate, 'end="upper"')) },
];
const noData =
  'the model names no protected feature, no outcome in the window, or the rates are not identified by those that came';
const percent = number('percentunit', 0);

/** Whether the model is wrong equally often in every group, by the outcomes that came. */
export const groupRates: Row = {
  question: 'Is the model wrong equally often in every group?',
  panels: [
    bars(
      {
        title: 'True- and false-positive rate by $protected',
        description:
          'By bin of the protected feature, over the chosen window: of the outcomes that were positive, the share that the model predicted (true-positive rate, orange), and of those that were negative, the share of which it predicted the positive class all the same (false-positive rate, grey outline). Bins with few outcomes differ by chance; the table at the right says how few.',
        unit: 'percentunit',
        noData,
      },
      [{ expr: byBin('false_positive_rate') }, { expr: byBin('true_positive_rate') }],
      'bin',
      [
        { from: { label: 'bin' }, name: 'Bin', look: binLabels },
        { from: { query: 'A' }, name: 'false positives', look: referenceBars },
        { from: { query: 'B' }, name: 'true positives', look: liveBars },
      ],
    )
      .span(10)
      .height(13),
    table(
      {
        title: 'Rates by bin of every protected feature',
        description:
          'TPR, the true-positive rate: of the positive outcomes, those that were predicted. FPR, the false-positive rate: of the negative ones, those of which the positive class was predicted. Each with its 95 % interval, as if outcomes were independent: where two overlap, chance may be all there is between them. Outcomes that come only for accepted cases leave the mistakes on the others out.',
        unit: 'none',
        noData,
      },
      [...columnsOf('true_positive_rate', labelled), ...columnsOf('false_positive_rate')],
      'group',
      [
        { from: { label: 'feature' }, name: 'Feature' },
        { from: { label: 'bin' }, name: 'Bin', look: binLabels },
        { from: { query: 'A' }, name: 'Positives', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'TPR', look: percent },
        { from: { query: 'C' }, name: 'from', look: percent },
        { from: { query: 'D' }, name: 'to', look: percent },
        { from: { query: 'E' }, name: 'Negatives', look: number('locale', 0) },
        { from: { query: 'F' }, name: 'FPR', look: percent },
        { from: { query: 'G' }, name: 'from ', look: percent },
        { from: { query: 'H' }, name: 'to ', look: percent },
      ],
    )
      .height(13)
      .span(14),
  ],
};
