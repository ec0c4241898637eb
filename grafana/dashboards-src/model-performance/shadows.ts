import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import {
  accuracyDifference,
  accuracyOf,
  agreement,
  differenceEnd,
  shadowDrops,
  shadowOutcomes,
  shadowRows,
} from '../shadow-queries.ts';
import { number, table } from '../tables.ts';
import { stacked, timeSeries } from '../time-series.ts';

const noShadow = 'no shadow follows this version';
const share = number('percentunit', 1);

export const shadows: Row = {
  question: 'Would another model do better?',
  panels: [
    table(
      {
        title: 'Champion beside shadow',
        description:
          'Each shadow of the version over the time range, on the rows that both have scored. Difference: the accuracy of the shadow less that of the version that answers, over the outcomes that count for both, with its 95 % interval. If the interval does not include 0, one of the two is better. GET /performance has the Brier score and the AUC as well.',
        unit: 'none',
        noData: noShadow,
      },
      [
        { expr: shadowRows },
        { expr: agreement('$__range') },
        { expr: shadowOutcomes },
        { expr: accuracyOf('champion') },
        { expr: accuracyOf('shadow') },
        { expr: accuracyDifference },
        { expr: differenceEnd('-') },
        { expr: differenceEnd('+') },
      ],
      'name',
      [
        { from: { label: 'name' }, name: 'Shadow', width: 260 },
        { from: { query: 'A' }, name: 'Rows', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'Agreement', look: share },
        { from: { query: 'C' }, name: 'Outcomes', look: number('locale', 0) },
        { from: { query: 'D' }, name: 'Champion right', look: share },
        { from: { query: 'E' }, name: 'Shadow right', look: share },
        { from: { query: 'F' }, name: 'Difference', look: share },
        { from: { query: 'G' }, name: 'from', look: share },
        { from: { query: 'H' }, name: 'to', look: share },
      ],
    )
      .span(24)
      .height(6),
    timeSeries(
      {
        title: 'Agreement with shadows',
        description:
          'The share of rows of which a shadow predicted the class that was answered, of those that it has scored.',
        unit: 'percentunit',
        noData: noShadow,
      },
      [{ expr: agreement('$__rate_interval'), legend: '{{name}}' }],
    )
      .span(12)
      .max(1),
    stacked(
      timeSeries(
        {
          title: 'Rows that shadows left out',
          description:
            'Rows a second that a shadow did not score, by shadow and reason: it failed, too many rows waited for it, or its classes are not those of this version. The two panels above lack these rows.',
          unit: 'rowsps',
          noData: noShadow,
        },
        [{ expr: shadowDrops, legend: '{{name}} {{reason}}' }],
      ),
    ).links([asPanelLink(toRunbook('ModelShadowRowsDropped'))]),
  ],
};
