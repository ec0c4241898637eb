import type { Row } from '../compose.ts';
import { timeSeries } from '../time-series.ts';
import { verdictTimeline } from '../verdict-panels.ts';

export const scrapes: Row = {
  question: 'Is everything scraped, and in time?',
  panels: [
    verdictTimeline(
      {
        title: 'Targets',
        description: 'Each target of Prometheus over time. What a target counted while it was down is lost.',
        noData: 'Prometheus has no target',
      },
      { expr: '2 * (max by (job, instance) (up) == bool 0)', legend: '{{job}} {{instance}}' },
      { good: 'up', bad: 'down' },
    ).span(12),
    timeSeries(
      {
        title: 'Scrape duration',
        description:
          'Time that each target takes to answer a scrape. It comes out of the same event loop as the requests: keep it far below the scrape interval.',
        unit: 's',
        noData: 'Prometheus has no target',
      },
      [{ expr: 'max by (job, instance) (scrape_duration_seconds)', legend: '{{job}} {{instance}}' }],
    ),
    timeSeries(
      {
        title: 'Samples a scrape',
        description:
          'Series that each scrape brings. A step is a new version or a new label; a slope that does not end is a label with unbounded values.',
        unit: 'locale',
        noData: 'Prometheus has no target',
      },
      [{ expr: 'max by (job, instance) (scrape_samples_scraped)', legend: '{{job}} {{instance}}' }],
    ),
    timeSeries(
      {
        title: 'Series in Prometheus',
        description: 'Series that Prometheus holds in memory. Its memory grows with them.',
        unit: 'locale',
        noData: 'Prometheus does not scrape itself',
      },
      [{ expr: 'max by (instance) (prometheus_tsdb_head_series)', legend: '{{instance}}' }],
    ),
  ],
};
