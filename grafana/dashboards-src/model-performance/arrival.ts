import type { Row } from '../compose.ts';
import { bucketHeatmap } from '../heatmaps.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { of, version } from '../model-queries.ts';
import { noneBelow } from '../panel-expressions.ts';
import { coverageByDecision, perBand } from '../performance-queries.ts';
import { bars, liveBars, number, table } from '../tables.ts';
import { stacked, timeSeries } from '../time-series.ts';

const delayBuckets = `model_outcome_delay_seconds_bucket{${version}}`;
const came = of('model_outcome:delay_seconds_bucket:increase', 'le="+Inf"');

const delay = (quantile: string) =>
  `max(${of('model:outcome_delay_seconds:quantile', `quantile="${quantile}"`)})`;

const delayByOutcome = (quantile: string) =>
  `max by (outcome) (${of('model_outcome:delay_seconds:quantile', `quantile="${quantile}"`)})`;

const received = 'rate(outcomes_received_total{job="vigia"}[$__rate_interval])';

export const arrival: Row = {
  question: 'How many outcomes have come, and how late?',
  panels: [
    timeSeries(
      {
        title: 'Coverage by decision',
        description:
          'Outcomes that count as a share of the predictions that became old enough in the window, by the class predicted. When one falls below half of the other, accuracy, recall, F1 and AUC are no longer identified.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      [{ expr: coverageByDecision, legend: '{{prediction}}' }],
    ).span(8),
    bars(
      {
        title: 'Coverage by band of the score',
        description:
          'The same by band of the score: see the reliability diagram. Bands without outcomes are those of which nothing realised is known.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      [{ expr: perBand('model_score_band:coverage') }],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score' },
        { from: { query: 'A' }, name: 'labelled', look: liveBars },
      ],
    )
      .span(8)
      .height(8),
    stacked(
      timeSeries(
        {
          title: 'Outcomes received',
          description:
            'Outcomes a second by what became of them, of all models. Duplicates, expired and invalid ones do not count; deferred ones were asked for again.',
          unit: 'cps',
          noData: 'no replica is scraped',
        },
        [
          {
            expr: noneBelow(`sum by (result) (${received})`, `sum(${received})`, 'result'),
            legend: '{{result}}',
          },
        ],
      ),
    )
      .span(8)
      .links([asPanelLink(toRunbook('ModelOutcomesStopped'))]),
    bucketHeatmap(
      {
        title: 'How late outcomes come',
        description:
          'Outcomes by the time since their prediction: the darker, the more. If one class comes later than the other, recent figures lean to the class that comes first: OUTCOME_MATURITY_DAYS guards against that.',
        unit: 's',
        noData: 'no outcome in this time',
      },
      { expr: `sum by (le) (rate(${delayBuckets}[$__rate_interval]))`, legend: '{{le}}' },
    )
      .span(8)
      .height(8),
    timeSeries(
      {
        title: 'Delay',
        description:
          'How long after their prediction the outcomes of the window came, of both classes: half and ninety-five of a hundred were there by then. Realised figures speak of predictions as old as that.',
        unit: 's',
        noData: 'no outcome in the window',
      },
      [
        { expr: delay('0.5'), legend: 'half within' },
        { expr: delay('0.95'), legend: '95 % within' },
      ],
    ).span(8),
    table(
      {
        title: 'Delay by outcome',
        description:
          'The same for each class: how many outcomes of the window came, due to count or not, and by when half and ninety-five of a hundred of them were there.',
        unit: 's',
        noData: 'no outcome in the window',
      },
      [
        { expr: `sum by (outcome) (${came}) > 0` },
        { expr: delayByOutcome('0.5') },
        { expr: delayByOutcome('0.95') },
      ],
      'outcome',
      [
        { from: { label: 'outcome' }, name: 'Outcome' },
        { from: { query: 'A' }, name: 'Came', look: number('short', 0) },
        { from: { query: 'B' }, name: 'Half within', look: number('s', 1) },
        { from: { query: 'C' }, name: '95 % within', look: number('s', 1) },
      ],
    )
      .span(8)
      .height(8),
  ],
};
