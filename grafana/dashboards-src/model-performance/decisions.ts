import type { Row } from '../compose.ts';
import { confusion, confusionCells, type Source } from '../performance-queries.ts';
import { matrix, number, table } from '../tables.ts';
import { noOutcome, notCounted } from './words.ts';

const shareOfAll = (source: Source) =>
  `${confusionCells(source)} / on () group_left () (sum(${confusionCells(source)}) > 0)`;

export const decisions: Row = {
  question: 'What came of the decisions?',
  panels: [
    matrix(
      {
        title: 'Confusion matrix, realised',
        description:
          'Outcomes that count in the window: a row for each class that was predicted, a column for each that it turned out to be.',
        unit: 'locale',
        noData: noOutcome,
      },
      { expr: confusion('realised') },
      'prediction',
      'outcome',
    ).decimals(0),
    matrix(
      {
        title: 'Confusion matrix, estimated',
        description:
          'All predictions in the window, each counted by its calibrated probability: what the outcomes would be if the scores are right. Compare the shares at the right, because the rows differ in number.',
        unit: 'locale',
        noData: 'no prediction in the window',
      },
      { expr: confusion('estimated') },
      'prediction',
      'outcome',
    ).decimals(0),
    table(
      {
        title: 'The same as shares of all',
        description:
          'Each cell of both matrices as a share of its own total. Where outcomes come for one decision only, realised shares say nothing of the other.',
        unit: 'percentunit',
        noData: notCounted,
      },
      [{ expr: shareOfAll('realised') }, { expr: shareOfAll('estimated') }],
      'cell',
      [
        { from: { label: 'cell' }, name: 'Decision and outcome' },
        { from: { query: 'A' }, name: 'Realised', look: number('percentunit', 1) },
        { from: { query: 'B' }, name: 'Estimated', look: number('percentunit', 1) },
      ],
    )
      .height(6)
      .span(12),
  ],
};
