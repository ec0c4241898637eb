import type { Row } from '../compose.ts';
import { binNames } from '../language.ts';
import { approvedBy, of } from '../model-queries.ts';
import { groups, shortBins } from '../panel-expressions.ts';
import { positiveRatioByBand } from '../performance-queries.ts';
import { bars, liveBars, number, referenceBars, table } from '../tables.ts';

const byBand = (metric: string) => `sum by (score_band) (${of(metric)})`;
const inBin = (matcher = '') => of('model_feature_bin:decisions:increase', matcher);
const approvedIn = (matcher?: string) => approvedBy('feature, bin', inBin(matcher));

export const approval: Row = {
  question: 'Who is approved, and are groups treated alike?',
  panels: [
    bars(
      {
        title: 'Approval and bad rate by band of the score',
        description:
          'For each band of the score over the chosen window: the share that was not predicted to be the positive class, of which the model warns (grey outline), and the share of outcomes that were (orange). The higher the score, the worse the outcomes should be.',
        unit: 'percentunit',
        noData: 'no prediction in the window',
      },
      [
        {
          expr: `sum by (score_band) (${of('model_score_band:predictions', 'predicted="negative"')}) / (${byBand('model_score_band:predictions')} > 0)`,
        },
        { expr: positiveRatioByBand },
      ],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score' },
        { from: { query: 'A' }, name: 'approved', look: referenceBars },
        { from: { query: 'B' }, name: 'bad', look: liveBars },
      ],
    )
      .max(1)
      .span(12),
    bars(
      {
        title: 'Approval rate by $protected',
        description:
          'Share of the predictions over the chosen window that are not the class the model warns of, by bin of the protected feature. It says who is approved how often, not why: groups may differ in risk.',
        unit: 'percentunit',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [{ expr: shortBins(`max by (bin) (${approvedIn('feature="$protected"')})`) }],
      'bin',
      [
        { from: { label: 'bin' }, name: 'Bin', look: [{ id: 'mappings', value: binNames }] },
        { from: { query: 'A' }, name: 'approved', look: liveBars },
      ],
    )
      .max(1)
      .span(12),
    table(
      {
        title: 'Approval by bin of every protected feature',
        description:
          'Of the highest: the approval rate as a share of the highest among the bins of the same feature. Below 80 % many ask for a reason (the four-fifths rule); where few requests are behind a bin it may be chance.',
        unit: 'none',
        noData: 'the model names no protected feature, or no prediction in the window',
      },
      [
        { expr: groups(`sum by (feature, bin) (${inBin()}) > 0`) },
        { expr: groups(approvedIn()) },
        {
          expr: groups(
            `(${approvedIn()}) / on (feature) group_left () (max by (feature) (${approvedIn()}) > 0)`,
          ),
        },
      ],
      'group',
      [
        { from: { label: 'group' }, name: 'Feature and bin' },
        { from: { query: 'A' }, name: 'Predictions', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Approved', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Of the highest', look: number('percentunit', 0) },
      ],
    ),
  ],
};
