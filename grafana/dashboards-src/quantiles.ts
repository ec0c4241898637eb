import * as common from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { scoreFeature } from '../../src/model/artifact-schema.ts';
import { version } from './model-queries.ts';
import { asLive, asReference, timeSeries } from './time-series.ts';

const rates = withScore((metric, matcher) => `rate(${metric}{${matcher}}[$__rate_interval])`);
const edges = withScore((metric, matcher) => `${metric}{${matcher},le!="+Inf"}`);

/**
 * Buckets of the chosen feature, or of the score where the feature has no values on a scale.
 */
function withScore(of: (metric: string, matcher: string) => string): string {
  const feature = of('model_feature_value_bucket', `${version},feature="$feature"`);
  const score = `label_replace(${of('model_score_bucket', version)}, "feature", "${scoreFeature}", "", "")`;
  return `(sum by (feature, le) (${feature}) or on () sum by (feature, le) (${score}))`;
}

/**
 * The bucket edges as values. A histogram whose one bucket reaches up to an edge and holds everything has this edge as
 * its maximum, so each edge is made into such a histogram, and its name into a label.
 */
export function bucketEdges(buckets: string): string {
  const upTo = `label_replace(0 * ${buckets} + 1, "edge", "$1", "le", "(.+)")`;
  return `histogram_quantile(1, ${upTo} or label_replace(${upTo}, "le", "+Inf", "", ""))`;
}

/** Live quantiles over the reference's deciles: a line that leaves its band has moved. */
export function valuesAgainstDeciles(): TimeSeries {
  const quantile = (q: number) => `histogram_quantile(${q}, ${rates})`;
  return timeSeries(
    {
      title: 'Values of $feature against the reference',
      description:
        'Grey: the edges of the bins, which are the deciles of the reference, close together around a frequent value. Orange: the median of live values, with their 10th and 90th percentile. Without drift the median keeps to the middle line. A line on the outermost edge stands for values at that edge or beyond it. A categorical feature has no values on a scale: the score stands in for it.',
      unit: 'none',
      noData: 'no request in this time',
    },
    [
      { expr: quantile(0.5), legend: 'median' },
      { expr: quantile(0.1), legend: '10 % are below' },
      { expr: quantile(0.9), legend: '90 % are below' },
      { expr: bucketEdges(edges), legend: 'reference {{edge}}' },
    ],
  )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .overrideByQuery('A', [
      ...asLive,
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineWidth', value: 3 },
    ])
    .overrideByQuery('B', [
      ...asLive,
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineWidth', value: 1 },
    ])
    .overrideByQuery('C', [
      ...asLive,
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineWidth', value: 1 },
    ])
    .overrideByQuery('D', [
      ...asReference,
      { id: 'custom.hideFrom', value: { viz: false, legend: true, tooltip: true } },
    ])
    .height(10);
}
