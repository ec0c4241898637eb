import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { predictRoute } from '../../otel/prometheus/generator/generator-settings.ts';
import { alertAnnotation, compose, type Row, versionAnnotation } from './compose.ts';
import { bucketHeatmap } from './heatmaps.ts';
import { variable } from './language.ts';
import { asPanelLink, toDashboard, toRunbook, toTraces, wholeRunbook } from './links.ts';
import type { PanelBuilder } from './panel.ts';
import { noneBelow } from './panel-expressions.ts';
import { type Column, inWords, number, table, tracesTable } from './tables.ts';
import { limitLine, stacked, timeSeries } from './time-series.ts';
import * as variables from './variables.ts';
import { stat, verdictStat } from './verdict-panels.ts';

const replica = 'job="vigia",instance=~"$instance"';
const duration = 'http_server_request_duration_seconds';
const predict = `${replica},${predictRoute}`;
const failed = 'http_response_status_code=~"5.."';
const rate = (series: string, matchers = replica) => `rate(${series}{${matchers}}[$__rate_interval])`;
const quantile = (q: number, by: string, buckets: string) =>
  `histogram_quantile(${q}, sum by (${by}le) (${buckets}))`;
const burn = (slo: string) => `max(slo:burn_rate{slo="${slo}",window="1h"})`;
/** Until 30 days' increments are recorded, which takes minutes, the last six hours are all there is. */
const budgetLeft = '(slo:error_budget_remaining:ratio or 1 - max by (job, slo) (slo:burn_rate{window="6h"}))';
const burnVerdict = (slo: string) => ({
  expr: `(${burn(slo)} > bool 1) + (${burn(slo)} > bool 6)`,
  words: { good: 'within objective', unsure: 'spending too fast', bad: 'burning' },
});

const glance: Row = {
  question: 'Is the service answering, well and fast enough?',
  panels: [
    verdictStat(
      {
        title: 'Alerts about the service',
        description:
          'Whether any alert about the service fires: a replica down or lost, an error budget burning, nothing being counted. The marks in the panels below say when it began.',
        noData: 'Prometheus finds no replica of the service',
      },
      {
        expr: '2 * clamp_max(count(ALERTS{component="service",alertstate="firing"}), 1) or 0 * count(up{job="vigia"})',
      },
      { good: 'none', bad: 'firing' },
    ).links([asPanelLink(wholeRunbook)]),
    stat(
      {
        title: 'Requests',
        description: 'Requests a second to the public API, all routes and chosen replicas together.',
        unit: 'reqps',
        noData: 'no request was ever counted, or no replica is scraped',
      },
      { expr: `sum(${rate(`${duration}_count`)})` },
    ).decimals(1),
    stat(
      {
        title: 'Failed predictions',
        description:
          'Share of requests to /predict answered with 5xx; refused inputs (4xx) are no failures. The word compares the last hour with the objective of 99.5 % over 30 days: above 6 times the sustainable rate it burns.',
        unit: 'percentunit',
        noData: 'no request to /predict in this time',
      },
      {
        expr: `(sum(${rate(`${duration}_count`, `${predict},${failed}`)}) or 0 * sum(${rate(`${duration}_count`, predict)})) / (sum(${rate(`${duration}_count`, predict)}) > 0)`,
      },
      burnVerdict('availability'),
    )
      .decimals(2)
      .links([asPanelLink(toRunbook('PredictAvailabilityBudgetBurn'))]),
    stat(
      {
        title: 'p95 of /predict',
        description:
          'Ninety-five of a hundred requests to /predict are answered within this time. The word compares the last hour with the objective: 99 % of answers within 250 ms over 30 days.',
        unit: 's',
        noData: 'no request to /predict in this time',
      },
      { expr: quantile(0.95, '', rate(`${duration}_bucket`, predict)) },
      burnVerdict('latency'),
    ).links([asPanelLink(toRunbook('PredictLatencyBudgetBurn'))]),
    stat(
      {
        title: 'Error budget left',
        description:
          'What is left of the failures that the objectives allow within 30 days, of the one that has less left. 100 % is all of it; below 0 an objective is missed.',
        unit: 'percentunit',
        noData: 'no request to /predict yet',
      },
      { expr: `min(${budgetLeft})` },
      {
        expr: `(min(${budgetLeft}) < bool 0.25) + (min(${budgetLeft}) < bool 0)`,
        words: { good: 'in budget', unsure: 'nearly spent', bad: 'missed' },
      },
    ).decimals(0),
    stat(
      {
        title: 'Replicas up',
        description:
          'Replicas that Prometheus can scrape. One that is down answers nobody, or nobody sees what it does.',
        unit: 'none',
        noData: 'Prometheus finds no replica of the service',
      },
      { expr: 'sum(up{job="vigia"})' },
      { expr: '2 * (min(up{job="vigia"}) == bool 0)', words: { good: 'all of them', bad: 'not all' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('TargetDown'))]),
  ],
};

const red: Row = {
  question: 'Who asks for what, and how does it go?',
  panels: [
    timeSeries(
      {
        title: 'Rate by route',
        description: 'Requests a second by route. Routes that do not exist are counted together.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [{ expr: `sum by (http_route) (${rate(`${duration}_count`)})`, legend: '{{http_route}}' }],
    ).span(8),
    timeSeries(
      {
        title: 'Errors by route and status',
        description:
          'Answers a second with a status from 400. 4xx is the caller (422: an input the model cannot take), 503 is the service shedding load, other 5xx are faults of its own.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [
        {
          expr: noneBelow(
            `sum by (http_route, http_response_status_code) (${rate(`${duration}_count`, `${replica},http_response_status_code=~"[45].."`)})`,
            `sum(${rate(`${duration}_count`)})`,
            'http_route',
          ),
          legend: '{{http_route}} {{http_response_status_code}}',
        },
      ],
    )
      .span(8)
      .links([
        asPanelLink(toTraces({ error: 'true' })),
        asPanelLink(toDashboard('model-drift', 'Refused inputs', [])),
      ]),
    timeSeries(
      {
        title: 'Duration by route',
        description:
          'Time within which half (p50) and ninety-five of a hundred requests (p95) are answered, by route.',
        unit: 's',
        noData: 'no request in this time',
      },
      [
        { expr: quantile(0.5, 'http_route, ', rate(`${duration}_bucket`)), legend: '{{http_route}} p50' },
        { expr: quantile(0.95, 'http_route, ', rate(`${duration}_bucket`)), legend: '{{http_route}} p95' },
      ],
    ).span(8),
    bucketHeatmap(
      {
        title: 'Durations of /predict',
        description:
          'Each row is a bucket of durations; the darker, the more requests fell into it. Two dark rows are two kinds of request, or a pause that hits some of them.',
        unit: 's',
        noData: 'no request to /predict in this time',
      },
      {
        expr: `sum by (le) (increase(${duration}_bucket{${predict}}[$__rate_interval]))`,
        legend: '{{le}}',
      },
    ).height(8),
    timeSeries(
      {
        title: 'Requests in flight and shed',
        description:
          'In flight: being answered at the moment of the scrape. Shed: refused with 503 a second, since the service was overloaded; they are cheap and callers may try again. Unreadable: no HTTP, too many headers, or not all of it in time; many of them are a broken client or an attack.',
        unit: 'short',
        noData: 'no replica is scraped',
      },
      [
        { expr: `sum(http_server_active_requests{${replica}})`, legend: 'in flight' },
        {
          expr: `sum(${rate('http_server_requests_shed_total')}) or 0 * sum(http_server_active_requests{${replica}})`,
          legend: 'shed a second',
        },
        {
          expr: `sum(${rate('http_server_requests_unreadable_total')}) or 0 * sum(http_server_active_requests{${replica}})`,
          legend: 'unreadable a second',
        },
      ],
    ),
  ],
};

const objectives: Row = {
  question: 'Will the objectives be met?',
  panels: [
    limitLine(
      timeSeries(
        {
          title: 'Error budget burn',
          description:
            'How many times faster than sustainable the budget is spent, by objective and window. At 1 it lasts exactly 30 days. A page goes out when 1h is above 14.4 or 6h above 6, a ticket when 1d is above 3 or 3d above 1.',
          unit: 'suffix: ×',
          noData: 'no request to /predict in these windows',
        },
        [
          {
            expr: 'max by (slo, window) (slo:burn_rate{window=~"1h|6h|1d|3d"})',
            legend: '{{slo}} {{window}}',
          },
        ],
      ),
      1,
    ).links([
      asPanelLink(toRunbook('PredictAvailabilityBudgetBurn')),
      asPanelLink(toRunbook('PredictLatencyBudgetBurn')),
    ]),
    timeSeries(
      {
        title: 'Error budget left',
        description:
          'What is left of the budget of the last 30 days. It falls with failures and rises as old ones pass out of the 30 days; below 0 the objective is missed.',
        unit: 'percentunit',
        noData: 'no request to /predict yet',
      },
      [{ expr: `min by (slo) ${budgetLeft}`, legend: '{{slo}}' }],
    ).max(1),
  ],
};

const spans = (by: string) =>
  `sum by (${by}le) (rate(traces_span_metrics_duration_seconds_bucket{service_name="vigia",span_kind="SPAN_KIND_SERVER"}[$__rate_interval]))`;

const slow: Row = {
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
        expr: `histogram_quantile(${q}, ${spans('')})`,
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
          expr: quantile(
            0.95,
            'span_name, ',
            'rate(traces_span_metrics_duration_seconds_bucket{service_name="vigia"}[$__rate_interval])',
          ),
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

function byReplica(title: string, description: string, unit: string, expr: string): PanelBuilder {
  const panel = timeSeries({ title, description, unit, noData: 'no replica is scraped' }, [
    { expr, legend: '{{instance}}' },
  ]);
  return panel.span(8);
}

const saturation: Row = {
  question: 'What is it running out of?',
  panels: [
    byReplica(
      'CPU',
      'Processor cores in use by replica. JavaScript runs on one thread: near 1 the event loop is the limit, what is above is garbage collection and input and output.',
      'suffix: cores',
      `sum by (instance) (${rate('process_cpu_seconds_total')})`,
    ),
    byReplica(
      'Memory',
      'Resident memory by replica. A saw-tooth is garbage collection; a floor that rises for hours is a leak.',
      'bytes',
      `max by (instance) (process_resident_memory_bytes{${replica}})`,
    ),
    byReplica(
      'Heap in use',
      'Memory that JavaScript objects occupy, by replica. It is part of the resident memory.',
      'bytes',
      `sum by (instance) (v8js_memory_heap_used{${replica}})`,
    ),
    byReplica(
      'Event loop in use',
      'Share of time in which the event loop was busy. Above 80 % requests begin to queue.',
      'percentunit',
      `max by (instance) (nodejs_eventloop_utilization{${replica}})`,
    ),
    byReplica(
      'Event-loop delay, p99',
      'How late the event loop was, 99th percentile since the last scrape: what one long task makes all other requests wait. Above 250 ms the service sheds load.',
      's',
      `max by (instance) (nodejs_eventloop_delay_p99{${replica}})`,
    ),
    byReplica(
      'Garbage collection',
      'Share of time spent collecting garbage. Above 10 % the heap is too small, or too much is allocated for each request.',
      'percentunit',
      `sum by (instance) (${rate('v8js_gc_duration_sum')}) or 0 * max by (instance) (nodejs_eventloop_utilization{${replica}})`,
    ),
  ],
};

const column = (query: string, name: string, look: Column['look'] & object): Column => ({
  from: { query },
  name,
  look,
});

const replicas: Row = {
  question: 'Does each replica do its share?',
  panels: [
    timeSeries(
      {
        title: 'Requests by replica',
        description:
          'Requests a second by replica. They should be alike; one that lags behind is slow, draining or new.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [{ expr: `sum by (instance) (${rate(`${duration}_count`)})`, legend: '{{instance}}' }],
    ),
    stacked(
      timeSeries(
        {
          title: 'Predictions by version',
          description:
            'Predictions a second by model version: during a roll-out both are here, afterwards one. Stacked, so that the height is all of them.',
          unit: 'reqps',
          noData: 'no prediction in this time',
        },
        [
          {
            expr: `sum by (model, version) (${rate('model_predictions_total')})`,
            legend: '{{model}} {{version}}',
          },
        ],
      ),
    ),
    table(
      {
        title: 'Replicas',
        description:
          'Every replica as it is now. Clock: how far its clock is from that of Prometheus; beyond 5 s times in samples and prediction ids are wrong.',
        unit: 'none',
        noData: 'Prometheus finds no replica of the service',
      },
      [
        { expr: `2 * (max by (instance) (up{${replica}}) == bool 0)` },
        { expr: `time() - max by (instance) (process_start_time_seconds{${replica}})` },
        { expr: `sum by (instance) (${rate(`${duration}_count`)})` },
        { expr: `sum by (instance) (${rate('process_cpu_seconds_total')})` },
        { expr: `max by (instance) (process_resident_memory_bytes{${replica}})` },
        {
          expr: `max by (instance) (process_wall_clock_seconds{${replica}} - timestamp(process_wall_clock_seconds{${replica}}))`,
        },
      ],
      'instance',
      [
        {
          from: { label: 'instance' },
          name: 'Replica',
          look: [
            {
              id: 'links',
              value: [
                toDashboard(
                  'service',
                  'Only this replica',
                  ['datasource'],
                  `var-instance=${variable('__value.text')}`,
                ),
              ],
            },
          ],
        },
        column('A', 'State', inWords({ good: 'up', bad: 'down' })),
        column('B', 'Up for', number('s', 0)),
        column('C', 'Requests', number('reqps', 1)),
        column('D', 'CPU', number('suffix: cores', 2)),
        column('E', 'Memory', number('bytes', 0)),
        column('F', 'Clock', number('s', 2)),
      ],
    ),
  ],
};

/** Rate, errors and duration, what the objectives say, single slow requests, and what runs short. */
export function service(): Dashboard {
  return compose({
    uid: 'service',
    title: 'Service',
    description:
      'Whether the service answers, well and fast enough, and why not. From top to bottom: the verdict, rate, errors and duration by route, the objectives, single traces, what runs short, each replica.',
    from: 'now-1h',
    variables: [variables.datasource, variables.instance],
    annotations: [alertAnnotation('component="service"'), versionAnnotation('')],
    rows: [glance, red, objectives, slow, saturation, replicas],
  });
}
