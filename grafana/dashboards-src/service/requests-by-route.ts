import type { Row } from '../compose.ts';
import { bucketHeatmap } from '../heatmaps.ts';
import { asPanelLink, toDashboard, toTraces } from '../links.ts';
import { noneBelow } from '../panel-expressions.ts';
import { timeSeries } from '../time-series.ts';
import { duration, predict, quantile, rate, replica } from './service-queries.ts';

export const red: Row = {
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
