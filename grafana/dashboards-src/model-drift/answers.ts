import { scoreFeature } from '../../../src/model/artifact-schema.ts';
import type { Row } from '../compose.ts';
import { distributionPanels } from '../distribution.ts';
import { approvedRatio, approvedShare, version as versionSelector } from '../model-queries.ts';
import { asLive, asThreshold, stacked, timeSeries } from '../time-series.ts';

export const answers: Row = {
  question: 'What does the model answer?',
  panels: [
    ...distributionPanels(scoreFeature, 'Reference and live: the score'),
    timeSeries(
      {
        title: 'Approval rate',
        description:
          'Share of predictions that are not the positive class, of which the model warns: as it is now, and over the chosen window. A step at the mark of a new version comes from the model, any other step from the population.',
        unit: 'percentunit',
        noData: 'no prediction in this time',
      },
      [
        { expr: approvedShare('$__rate_interval'), legend: 'now' },
        { expr: approvedRatio, legend: 'over $window' },
      ],
    )
      .max(1)
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asThreshold('text')),
    stacked(
      timeSeries(
        {
          title: 'Predictions',
          description: 'Rows predicted a second by class, all replicas together, one on top of the other.',
          unit: 'rowsps',
          noData: 'no prediction in this time',
        },
        [
          {
            expr: `sum by (prediction) (rate(model_predictions_total{${versionSelector}}[$__rate_interval]))`,
            legend: '{{prediction}}',
          },
        ],
      ),
    ),
  ],
};
