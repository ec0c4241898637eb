import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook, wholeRunbook } from '../links.ts';
import { stat, verdictStat } from '../verdict-panels.ts';
import { dropped, groupLoad, queueFill, rulesFailed } from './pipeline-queries.ts';

export const glance: Row = {
  question: 'Does what is measured arrive?',
  panels: [
    verdictStat(
      {
        title: 'Alerts about telemetry',
        description:
          'Whether any alert about telemetry itself fires: a part that is down, data dropped, rules that fail or alerts that are not delivered. The Watchdog fires always and is left out here.',
        noData: 'Prometheus evaluates no rules',
      },
      {
        expr: '2 * clamp_max(count(ALERTS{component="telemetry",alertstate="firing",severity!="none"}), 1) or 0 * count(ALERTS{alertname="Watchdog"})',
      },
      { good: 'none', bad: 'firing' },
    ).links([asPanelLink(wholeRunbook)]),
    stat(
      {
        title: 'Targets up',
        description:
          'Share of the scrape targets that Prometheus reaches, the service and the parts of the telemetry.',
        unit: 'percentunit',
        noData: 'Prometheus has no target',
      },
      { expr: 'avg(up)' },
      { expr: '2 * (min(up) == bool 0)', words: { good: 'all of them', bad: 'not all' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('TelemetryTargetDown'))]),
    stat(
      {
        title: 'Dropped',
        description:
          'Samples, spans and log lines dropped a second, by the service and the Collector together. Counters are not among them: drift and performance in Prometheus stay exact.',
        unit: 'cps',
        noData: 'neither the service nor the Collector is scraped',
      },
      { expr: Object.values(dropped).join(' + ') },
      {
        expr: `2 * (${Object.values(dropped).join(' + ')} > bool 0)`,
        words: { good: 'nothing', bad: 'look below' },
      },
    ).decimals(1),
    stat(
      {
        title: 'Collector queue',
        description:
          'How full the fullest sending queue of the Collector is. At 100 % it drops what comes in.',
        unit: 'percentunit',
        noData: 'the Collector is not scraped',
      },
      { expr: `max(${queueFill})` },
      {
        expr: `(max(${queueFill}) > bool 0.5) + (max(${queueFill}) > bool 0.8)`,
        words: { good: 'draining', unsure: 'filling', bad: 'nearly full' },
      },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('CollectorQueueFilling'))]),
    stat(
      {
        title: 'Slowest rules',
        description:
          'Time that the slowest group of rules takes, as a share of its interval. Above 100 % evaluations are skipped and long windows lose counts.',
        unit: 'percentunit',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      { expr: `max(${groupLoad})` },
      {
        expr: `(max(${groupLoad}) > bool 0.5) + (max(${groupLoad}) > bool 1)`,
        words: { good: 'in time', unsure: 'getting slow', bad: 'too slow' },
      },
    )
      .decimals(1)
      .links([asPanelLink(toRunbook('RuleGroupSlow'))]),
    stat(
      {
        title: 'Rule failures',
        description:
          'Evaluations of rules that failed. What they record is missing then, and alerts on it stay silent.',
        unit: 'none',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      { expr: rulesFailed },
      { expr: `2 * (${rulesFailed} > bool 0)`, words: { good: 'none', bad: 'failing' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('RuleEvaluationFailing'))]),
  ],
};
