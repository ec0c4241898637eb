import type { Row } from '../compose.ts';
import { approvedBy, of } from '../model-queries.ts';
import { groups, shortBands, shortBins } from '../panel-expressions.ts';
import { positiveRatioByBand } from '../performance-queries.ts';
import { bars, binLabels, inWords, liveBars, number, referenceBars, table } from '../tables.ts';

const byBand = (metric: string) => `sum by (score_band) (${of(metric)})`;
const inBin = (matcher = '') => of('model_feature_bin:decisions:increase', matcher);
const approvedIn = (matcher?: string) => approvedBy('feature, bin', inBin(matcher));

const ofHighest = `(${approvedIn()}) / on (feature) group_left () (max by (feature) (${approvedIn()}) > 0)`;
/** The four-fifths rule: a rate below this share of the highest one is to be explained. */
const fourFifths = 0.8;
/** By the key of the table alone, as the first query brings the labels. */
const key = (expr: string) => `max by (group) (${groups(expr)})`;

export const approval: Row = {
  question: 'Who is approved, and are groups treated alike?',
  panels: [
    bars(
      {
        title: 'Approval and bad rate by band of the score',
        description:
          'For each band of the score over the chosen window: the share that was not predicted to be the positive class (grey outline), and the share of outcomes that were (orange). The higher the score, the worse the outcomes should be.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      [
        {
          expr: shortBands(
            `(sum by (score_band) (${of('model_score_band:predictions', 'predicted="negative"')}) or 0 * ${byBand('model_score_band:predictions')}) / (${byBand('model_score_band:predictions')} > 0)`,
          ),
        },
        { expr: shortBands(positiveRatioByBand) },
      ],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score', look: binLabels },
        { from: { query: 'A' }, name: 'approved', look: referenceBars },
        { from: { query: 'B' }, name: 'bad', look: liveBars },
      ],
    ).span(12),
    bars(
      {
        title: 'Approval rate by $protected',
        description:
          'Share of the predictions over the chosen window that are not the positive class, of which the model warns, by bin of the protected feature. It says who is approved how often, not why: groups may differ in risk.',
        unit: 'percentunit',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [{ expr: shortBins(`max by (bin) (${approvedIn('feature="$protected"')})`) }],
      'bin',
      [
        { from: { label: 'bin' }, name: 'Bin', look: binLabels },
        { from: { query: 'A' }, name: 'approved', look: liveBars },
      ],
    ).span(12),
    table(
      {
        title: 'Approval by bin of every protected feature',
        description:
          'Of the highest: the approval rate as a share of the highest among the bins of the same feature. Below 80 %, a reason is often required (the four-fifths rule); with few requests in a bin it may be chance.',
        unit: 'none',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [
        { expr: groups(`sum by (feature, bin) (${inBin()}) > 0`) },
        { expr: key(approvedIn()) },
        { expr: key(ofHighest) },
        { expr: key(`${ofHighest} < bool ${fourFifths}`) },
      ],
      'group',
      [
        { from: { label: 'feature' }, name: 'Feature', width: 200 },
        { from: { label: 'bin' }, name: 'Bin', look: binLabels },
        { from: { query: 'A' }, name: 'Predictions', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'Approved', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Of the highest', look: number('percentunit', 0) },
        {
          from: { query: 'D' },
          name: 'Four-fifths rule',
          look: inWords({ good: 'met', unsure: 'below' }),
        },
      ],
    ).height(13),
  ],
};
