import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { asPanelLink } from '../links.ts';
import { of } from '../model-queries.ts';
import { mostSeries } from '../panel-expressions.ts';
import { asLive, asThreshold, multiplying, timeSeries } from '../time-series.ts';
import { amongFurthest, seriesFeature, timesThreshold } from './queries.ts';

const ofFeature = (metric: string) => `max(${of(metric, 'feature="$feature"')})`;

export const distance: Row = {
  question: 'How far have they moved, and since when?',
  panels: [
    multiplying(
      timeSeries(
        {
          title: 'PSI of the features that moved furthest',
          description: `Population stability index against the reference over the chosen window, as a multiple of its threshold: ${driftRule.minPsi}, below which a difference is too small to matter, or the noise ceiling, whichever is more. Above the line at 1 it is drift. The axis doubles from 1 on. Of more than ${mostSeries} features, those that moved furthest in this time.`,
          unit: 'suffix:×',
          noData: 'no request in the window',
        },
        [
          { expr: amongFurthest(timesThreshold), legend: '{{feature}}' },
          { expr: `1 + 0 * max(${timesThreshold})`, legend: 'threshold' },
        ],
      )
        .overrideByQuery('B', asThreshold())
        .dataLinks([asPanelLink(seriesFeature)]),
      2,
    ),
    multiplying(
      timeSeries(
        {
          title: 'PSI of $feature against its threshold',
          description: `Drift is PSI above both lines: the threshold of ${driftRule.minPsi} and the noise ceiling, which falls as requests come in. A ceiling above ${driftRule.undeterminedCeiling} makes the verdict undetermined. The axis doubles from ${driftRule.minPsi} on.`,
          unit: 'none',
          noData: 'no request in the window',
        },
        [
          { expr: ofFeature('model_feature:psi'), legend: 'PSI' },
          { expr: ofFeature('model_feature:psi_noise_ceiling'), legend: 'noise ceiling' },
          { expr: `${driftRule.minPsi} + 0 * ${ofFeature('model_feature:psi')}`, legend: 'threshold' },
        ],
      )
        .overrideByQuery('A', [...asLive])
        .overrideByQuery('B', asThreshold())
        .overrideByQuery('C', asThreshold('text')),
      2,
      driftRule.minPsi,
    ),
  ],
};
