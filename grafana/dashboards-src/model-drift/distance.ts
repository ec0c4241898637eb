import { driftRule } from '../../../src/stats/drift.ts';
import type { Row } from '../compose.ts';
import { asPanelLink } from '../links.ts';
import { of } from '../model-queries.ts';
import { asLimit, asLive, limitLine, timeSeries } from '../time-series.ts';
import { perFeature, seriesFeature } from './queries.ts';

export const distance: Row = {
  question: 'How far have they moved, and since when?',
  panels: [
    limitLine(
      timeSeries(
        {
          title: 'PSI of all features',
          description: `Population stability index against the reference over the chosen window. Below the line at ${driftRule.minPsi} a difference is too small to matter however certain it is; above it, the noise ceiling still has to be passed.`,
          unit: 'none',
          noData: 'no request in the window',
        },
        [{ expr: perFeature('model_feature:psi'), legend: '{{feature}}' }],
      ).dataLinks([asPanelLink(seriesFeature)]),
      driftRule.minPsi,
    ),
    timeSeries(
      {
        title: 'PSI of $feature against its limits',
        description: `Drift is PSI above both lines: the threshold of ${driftRule.minPsi} and the noise ceiling, which falls as requests come in. A ceiling above ${driftRule.undeterminedCeiling} makes the verdict undetermined.`,
        unit: 'none',
        noData: 'no request in the window',
      },
      [
        { expr: `max(${of('model_feature:psi', 'feature="$feature"')})`, legend: 'PSI' },
        {
          expr: `max(${of('model_feature:psi_noise_ceiling', 'feature="$feature"')})`,
          legend: 'noise ceiling',
        },
        {
          expr: `${driftRule.minPsi} + 0 * max(${of('model_feature:psi', 'feature="$feature"')})`,
          legend: 'threshold',
        },
      ],
    )
      .overrideByQuery('A', [...asLive])
      .overrideByQuery('B', asLimit())
      .overrideByQuery('C', asLimit('text')),
  ],
};
