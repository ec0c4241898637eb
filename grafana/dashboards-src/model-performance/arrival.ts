import { leastDelaySeconds } from '../../../src/monitor/outcome-delays.ts';
import type { Row } from '../compose.ts';
import { bucketHeatmap } from '../heatmaps.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { of, version } from '../model-queries.ts';
import { noneBelow, shortBands } from '../panel-expressions.ts';
import { coverageByDecision, perBand } from '../performance-queries.ts';
import { bars, binLabels, liveBars, number, table } from '../tables.ts';
import { stacked, timeSeries } from '../time-series.ts';

const delayBuckets = `model_outcome_delay_seconds_bucket{${version}}`;
const came = of('model_outcome:delay_seconds_bucket:increase', 'le="+Inf"');

const delayByOutcome = (quantile: string) =>
  `max by (outcome) (${of('model_outcome:delay_seconds:quantile', `quantile="${quantile}"`)})`;

/** Below the least delay that can be told apart, a quantile is a guess. */
const delays = [
  ...number('s', 1),
  {
    id: 'mappings',
    value: [
      { type: 'range', options: { from: 0, to: leastDelaySeconds, result: { text: '1 hour', index: 0 } } },
    ],
  },
];

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
      8,
    ),
    bars(
      {
        title: 'Coverage by band of the score',
        description:
          'The same by band of the score: see the reliability diagram. Nothing realised is known of bands without outcomes.',
        unit: 'percentunit',
        noData: 'no prediction became old enough in the window',
      },
      [{ expr: shortBands(perBand('model_score_band:coverage')) }],
      'score_band',
      [
        { from: { label: 'score_band' }, name: 'Score', look: binLabels },
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
          unit: 'suffix:outcomes/s',
          noData: 'no replica is scraped',
        },
        [
          {
            expr: noneBelow(`sum by (result) (${received})`, `sum(${received})`, 'result'),
            legend: '{{result}}',
          },
        ],
        8,
      ),
    ).links([asPanelLink(toRunbook('ModelOutcomesStopped'))]),
    bucketHeatmap(
      {
        title: 'How late outcomes come',
        description:
          'Outcomes by the time since their prediction: the darker, the more. If one class comes later than the other, recent figures are biased towards the class that comes first: OUTCOME_MATURITY_DAYS guards against that.',
        unit: 'dtdurations',
        noData: 'no outcome in this time',
      },
      { expr: `sum by (le) (rate(${delayBuckets}[$__rate_interval]))`, legend: '{{le}}' },
    ).height(8),
    table(
      {
        title: 'Delay by outcome',
        description:
          'How many outcomes of each class came in the window, due to count or not, and how long after their prediction half of them and 95 % of them were there; delays shorter than 1 hour are not distinguished. Realised figures are about predictions of that age.',
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
        { from: { query: 'A' }, name: 'Came', look: number('locale', 0) },
        { from: { query: 'B' }, name: 'Half within', look: delays },
        { from: { query: 'C' }, name: '95 % within', look: delays },
      ],
    )
      .span(12)
      .height(8),
  ],
};
