import type { Row } from '../compose.ts';
import { driftWords, performanceWords } from '../language.ts';
import { stacked, timeSeries } from '../time-series.ts';
import { verdictTimeline } from '../verdict-panels.ts';
import { driftByModel, performanceByModel } from './model-verdicts.ts';

const legend = '{{model}} {{version}}';

export const changes: Row = {
  question: 'When did that change?',
  panels: [
    verdictTimeline(
      {
        title: 'Drift by model',
        description:
          'The worst verdict of all features and the score of each version over the hour before, as long as it was loaded.',
        noData: 'no verdict was recorded in this time',
      },
      { expr: driftByModel, legend },
      driftWords,
    ).span(12),
    verdictTimeline(
      {
        title: 'Performance by model',
        description:
          'The verdict on the answers of each version over the day before, as long as it was loaded.',
        noData: 'nothing was counted in this time',
      },
      { expr: performanceByModel, legend },
      performanceWords,
    ).span(12),
    stacked(
      timeSeries(
        {
          title: 'Predictions by model and version',
          description:
            'Rows predicted a second, one version on top of the other: during a roll-out two of one model are here, afterwards one.',
          unit: 'rowsps',
          noData: 'no prediction in this time',
        },
        [{ expr: 'sum by (model, version) (rate(model_predictions_total[$__rate_interval]))', legend }],
      ),
    ),
    stacked(
      timeSeries(
        {
          title: 'Inputs rejected by model',
          description: 'Inputs a second that failed validation. They are counted in no other figure.',
          unit: 'rowsps',
          noData: 'no model is loaded',
        },
        [
          {
            expr: 'sum by (model) (rate(model_inputs_refused_total[$__rate_interval]))',
            legend: '{{model}}',
          },
        ],
      ),
    ),
  ],
};
