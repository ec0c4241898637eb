import type { Row } from '../compose.ts';
import { distributionPanels } from '../distribution.ts';
import { heatmap } from '../heatmaps.ts';
import { version as versionSelector } from '../model-queries.ts';
import { readableBins } from '../panel-expressions.ts';
import { valuesAgainstDeciles } from '../quantiles.ts';
import { stacked, timeSeries } from '../time-series.ts';

const binRate = `rate(model_feature_bin_observations_total{${versionSelector},feature="$feature"}[$__rate_interval])`;

export const opened: Row = {
  question: 'What changed in $feature?',
  panels: [
    ...distributionPanels('$feature', 'Reference and live: $feature'),
    heatmap(
      {
        title: 'Where the values of $feature fall over time',
        description:
          'Each row is a bin of the reference; the darker, the larger its share of the requests. Without drift each row keeps its shade. The bins of a number hold about the same share of the reference each, except for frequent values, which have bins of their own.',
        unit: 'percentunit',
        noData: 'no request in this time',
      },
      {
        expr: readableBins(`sum by (bin) (${binRate}) / on () group_left () (sum(${binRate}) > 0)`),
        legend: '{{name}}',
      },
    ),
    valuesAgainstDeciles(),
    stacked(
      timeSeries(
        {
          title: 'Requests by bin of $feature: click a point for its trace',
          description:
            'Requests a second by bin. Each diamond is a traced request: its label `bin` says where its value fell, and a click opens its trace, with the score and what moved it. A sensitive feature has none, nor does the score of a model that has such a feature.',
          unit: 'reqps',
          noData: 'no request in this time',
        },
        [{ expr: readableBins(`sum by (bin) (${binRate})`), legend: '{{name}}', exemplars: true }],
        24,
      ),
    ),
  ],
};
