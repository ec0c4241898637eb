import { dashboards } from '../../../src/rules/dashboard-links.ts';
import type { Row } from '../compose.ts';
import { colours } from '../language.ts';
import { asPanelLink, toDashboard, toTraces } from '../links.ts';
import { noneBelow } from '../panel-expressions.ts';
import { coloured, inColour, timeSeries } from '../time-series.ts';
import { byRoute, duration, predict, quantile, rate, replica } from './service-queries.ts';

const zeroWhileScraped = `0 * sum(http_server_active_requests{${replica}})`;
const everAsked = `sum by (route) (${byRoute(`increase(${duration}_count{${replica}}[$__range] @ end())`)}) > 0`;
const asked = `sum by (http_route) (${rate(`${duration}_count`, predict)}) > 0`;

/** Of those routes that are asked now: quantiles of the others are what was true when they last were. */
const ofAsked = (q: number) =>
  `${quantile(q, 'http_route, ', rate(`${duration}_bucket`, predict))} and on (http_route) ${asked}`;

export const red: Row = {
  question: 'Who asks for what, and how does it go?',
  panels: [
    timeSeries(
      {
        title: 'Rate by route',
        description:
          'Requests a second by route that predicts, of those asked in this time; all others together: probes, outcomes, observations, the documents, and routes that do not exist.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [
        {
          expr: `sum by (route) (${byRoute(rate(`${duration}_count`))}) and on (route) ${everAsked}`,
          legend: '{{route}}',
        },
      ],
    ),
    timeSeries(
      {
        title: 'Errors by status and route',
        description:
          'Answers a second with a status from 400. 4xx (yellow) is the caller (422: an input the model cannot take), 503 (orange) is the service shedding load, other 5xx (red) are faults of its own. Dashed: routes that name a model; dotted: those of V2.',
        unit: 'reqps',
        noData: 'no request in this time',
      },
      [
        {
          expr: noneBelow(
            `sum by (http_route, http_response_status_code) (${rate(`${duration}_count`, `${replica},http_response_status_code=~"[45].."`)})`,
            `sum(${rate(`${duration}_count`)})`,
            'http_response_status_code',
          ),
          legend: '{{http_response_status_code}} {{http_route}}',
        },
      ],
    )
      .overrideByRegexp('/^4../', [inColour(colours.unsure)])
      .overrideByRegexp('/^5../', [inColour(colours.bad)])
      .overrideByRegexp('/^503/', [inColour(colours.live)])
      .overrideByRegexp('/^none/', [inColour(colours.reference)])
      // what the colour does not tell apart
      .overrideByRegexp('/ \\/models\\//', [
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
      ])
      .overrideByRegexp('/ \\/v2\\//', [{ id: 'custom.lineStyle', value: { fill: 'dot', dash: [2, 6] } }])
      .links([
        asPanelLink(toTraces({ error: 'true' })),
        asPanelLink(toDashboard(dashboards.drift, 'Rejected inputs', [])),
      ]),
    timeSeries(
      {
        title: 'Duration by route',
        description:
          'Time within which half of the requests (p50) and 95 % of them (p95) to a route that predicts are answered. Each diamond is a traced request: a click opens its trace.',
        unit: 's',
        noData: 'no prediction was asked for in this time',
      },
      [
        { expr: ofAsked(0.5), legend: '{{http_route}} p50' },
        { expr: ofAsked(0.95), legend: '{{http_route}} p95', exemplars: true },
      ],
    ),
    timeSeries(
      {
        title: 'Requests in flight',
        description:
          'Requests that are being answered at the moment of the scrape, by replica. A level that rises while the rate does not is a service that has become slower.',
        unit: 'locale',
        noData: 'no replica is scraped',
      },
      [{ expr: `sum by (instance) (http_server_active_requests{${replica}})`, legend: '{{instance}}' }],
    ),
    coloured(
      timeSeries(
        {
          title: 'Requests shed or unreadable',
          description:
            'Shed: rejected with 503 a second, because the service was overloaded; rejecting is cheap, and callers may retry. Unreadable: not HTTP, too many headers, or not all of it in time; many of them are a broken client or an attack.',
          unit: 'reqps',
          noData: 'no replica is scraped',
        },
        [
          { expr: `sum(${rate('http_server_requests_shed_total')}) or ${zeroWhileScraped}`, legend: 'shed' },
          {
            expr: `sum(${rate('http_server_requests_unreadable_total')}) or ${zeroWhileScraped}`,
            legend: 'unreadable',
          },
        ],
        24,
      ),
      { shed: colours.live, unreadable: colours.unsure },
    ).height(6),
  ],
};
