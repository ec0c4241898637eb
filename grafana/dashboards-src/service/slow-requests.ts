import type { Row } from '../compose.ts';
import { asPanelLink, toTraces } from '../links.ts';
import { tracesTable } from '../tables.ts';
import { timeSeries } from '../time-series.ts';
import { quantile, rate } from './service-queries.ts';

const spans = (matchers = '') =>
  `rate(traces_span_metrics_duration_seconds_bucket{service_name="vigia"${matchers}}[$__rate_interval])`;

export const slow: Row = {
  question: 'Which requests were slow, and where did their time go?',
  panels: [
    timeSeries(
      {
        title: 'Duration of traced requests: click a point for its trace',
        description:
          'p50, p95 and p99 of the requests that were traced, from their spans. Each diamond is one request: a click opens its trace. Only sampled requests are here; the panels above count all.',
        unit: 's',
        noData: 'no trace in this time: sampling is off, or the Collector is down',
      },
      ([0.5, 0.95, 0.99] as const).map((q) => ({
        expr: quantile(q, '', spans(',span_kind="SPAN_KIND_SERVER"')),
        legend: `p${q * 100}`,
        exemplars: true,
      })),
    )
      .span(14)
      .links([asPanelLink(toTraces())]),
    tracesTable(
      {
        title: 'Traces in this time',
        description: 'Traces that Jaeger holds of the service. A click on a trace opens it in Jaeger.',
        unit: 'none',
        noData: 'Jaeger has no trace of this time: sampling is off, or the Collector is down',
      },
      'vigia',
    ).span(10),
    timeSeries(
      {
        title: 'Duration by span',
        description:
          'p95 of each kind of span: where within a request the time goes. Spans contain each other, so that these do not add up.',
        unit: 's',
        noData: 'no trace in this time: sampling is off, or the Collector is down',
      },
      [
        {
          expr: quantile(0.95, 'span_name, ', spans()),
          legend: '{{span_name}}',
        },
      ],
    ),
    timeSeries(
      {
        title: 'Duration of a prediction',
        description:
          'Time to score one validated input and to count it, by model: every prediction, traced or not, and those of shadows. What the service itself does for HTTP is not in it, the answer of a server that computes the model is. If this is steady while requests get slower, the cause is around the model, not in it.',
        unit: 's',
        noData: 'no prediction in this time',
      },
      ([0.5, 0.95] as const).map((q) => ({
        expr: quantile(q, 'model, ', rate('model_predict_duration_seconds_bucket')),
        legend: `{{model}} p${q * 100}`,
      })),
    ),
  ],
};
