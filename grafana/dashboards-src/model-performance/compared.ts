import { dashboards } from '../../../src/rules/dashboard-links.ts';
import type { Row } from '../compose.ts';
import { colours, figureNames, variable } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook } from '../links.ts';
import { of, version } from '../model-queries.ts';
import { figure, heldOut, intervalEnd } from '../performance-queries.ts';
import { number, table } from '../tables.ts';
import { asIntervalEnd, asLive, asReference, asThreshold, timeSeries } from '../time-series.ts';
import { notCounted } from './words.ts';

const figureTexts = [
  {
    type: 'value',
    options: Object.fromEntries(
      Object.entries(figureNames).map(([figure, text], index) => [figure, { text, index }]),
    ),
  },
];

const openFigure = toDashboard(
  dashboards.performance,
  'Open this figure',
  ['datasource', 'model', 'version', 'window', 'protected'],
  `var-metric=${variable('__value.raw')}`,
);

const decimals = number('none', 3);
const aucError = `label_replace(max(${of('model:roc_auc_max_error', 'source="realised"')}), "metric", "roc_auc", "", "")`;

export const compared: Row = {
  question: 'How good are the answers, and how good should they be?',
  panels: [
    table(
      {
        title: 'Realised, estimated and held-out',
        description:
          'Every figure over the chosen window with its 95 % interval, beside what the calibrated scores promise (estimated) and the figure on rows that the model was not fitted on (held-out, cross-validated by training, ± its standard error). A dash: not defined, or not identified by the outcomes that came. AUC error: how far the AUC over score bins can be from that of the scores themselves. A click on a name opens it at the right.',
        unit: 'none',
        noData: notCounted,
      },
      [
        { expr: figure('realised') },
        { expr: intervalEnd('realised', 'lower') },
        { expr: intervalEnd('realised', 'upper') },
        { expr: figure('estimated') },
        { expr: intervalEnd('estimated', 'lower') },
        { expr: intervalEnd('estimated', 'upper') },
        { expr: heldOut() },
        { expr: `max by (metric) (model_evaluation_standard_error{${version}})` },
        { expr: aucError },
      ],
      'metric',
      [
        {
          from: { label: 'metric' },
          name: 'Figure',
          width: 140,
          look: [
            { id: 'mappings', value: figureTexts },
            { id: 'links', value: [openFigure] },
          ],
        },
        { from: { query: 'A' }, name: 'Realised', look: decimals },
        { from: { query: 'B' }, name: 'from', look: decimals },
        { from: { query: 'C' }, name: 'to', look: decimals },
        { from: { query: 'D' }, name: 'Estimated', look: decimals },
        { from: { query: 'E' }, name: 'from ', look: decimals },
        { from: { query: 'F' }, name: 'to ', look: decimals },
        { from: { query: 'G' }, name: 'Held-out', look: decimals },
        { from: { query: 'H' }, name: '±', look: decimals },
        { from: { query: 'I' }, name: 'AUC error', look: decimals },
      ],
    )
      .height(10)
      .span(14)
      .links([asPanelLink(toRunbook('ModelPerformanceBelowCrossValidated'))]),
    timeSeries(
      {
        title: '${metric:text} over time',
        description:
          'Realised (orange, with its 95 % interval), estimated without outcomes (dashed), and that on rows that the model was not fitted on (grey). If realised departs from estimated, the same features now mean another risk; if both fall together, cases have become harder. Brier score, log loss and calibration error are not estimated: less is better there.',
        unit: 'none',
        noData: 'no outcome in the window, or the figure is not identified by those that came',
      },
      [
        { expr: figure('realised', '$metric'), legend: 'realised' },
        { expr: figure('estimated', '$metric'), legend: 'estimated' },
        { expr: heldOut('$metric'), legend: 'held-out' },
        { expr: intervalEnd('realised', 'lower', '$metric'), legend: '95 % from' },
        { expr: intervalEnd('realised', 'upper', '$metric'), legend: '95 % to' },
      ],
    )
      .height(10)
      .span(10)
      .decimals(3)
      .overrideByQuery('A', [...asLive, { id: 'custom.fillOpacity', value: 0 }])
      .overrideByQuery('B', asThreshold())
      .overrideByQuery('C', [...asReference])
      .overrideByQuery('D', asIntervalEnd(colours.live))
      .overrideByQuery('E', asIntervalEnd(colours.live, '95 % from')),
  ],
};
