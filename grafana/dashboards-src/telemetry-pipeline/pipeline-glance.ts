import type { Row } from '../compose.ts';
import { alertWords } from '../language.ts';
import { asPanelLink, toRunbook, wholeRunbook } from '../links.ts';
import { stat, verdictStat } from '../verdict-panels.ts';
import { dropped, groupLoad, queueFill, rulesFailed, telemetryVerdict } from './pipeline-queries.ts';

export const glance: Row = {
  question: 'Does what is measured arrive?',
  panels: [
    verdictStat(
      {
        title: 'Alerts about telemetry',
        description:
          'The worst alert about telemetry itself that fires: a part that is down, data dropped, rules that fail or alerts that are not delivered. The last table names them. The Watchdog, which fires always, does not count.',
        noData: 'no rules evaluated',
      },
      { expr: telemetryVerdict },
      alertWords,
    ).links([asPanelLink(wholeRunbook)]),
    stat(
      {
        title: 'Targets up',
        description:
          'Share of the scrape targets that Prometheus reaches, the service and the parts of the telemetry.',
        unit: 'percentunit',
        noData: 'no target',
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
          'Samples, spans and log lines dropped in this time, by the service and the Collector together, or by the one of them that is scraped. Counters are not among them: drift and performance in Prometheus stay exact.',
        unit: 'locale',
        noData: 'not scraped',
      },
      { expr: dropped },
      { expr: `2 * (${dropped} > bool 0)`, words: { good: 'nothing', bad: 'look below' } },
    ).decimals(0),
    stat(
      {
        title: 'Collector queue',
        description:
          'How full the fullest sending queue of the Collector is. At 100 % it drops what comes in.',
        unit: 'percentunit',
        noData: 'not scraped',
      },
      { expr: `max(${queueFill})` },
      {
        expr: `(max(${queueFill}) > bool 0.5) + (max(${queueFill}) > bool 0.8)`,
        words: { good: 'room', unsure: 'half full', bad: 'nearly full' },
      },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('CollectorQueueFilling'))]),
    stat(
      {
        title: 'Slowest rules',
        description:
          'Time that the slowest group of rules takes, as a share of its interval; the panel below says which. Above 100 % evaluations are skipped and long windows lose counts.',
        unit: 'percentunit',
        noData: 'no rules evaluated',
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
        noData: 'no rules evaluated',
      },
      { expr: rulesFailed },
      { expr: `2 * (${rulesFailed} > bool 0)`, words: { good: 'none', bad: 'failing' } },
    )
      .decimals(0)
      .links([asPanelLink(toRunbook('RuleEvaluationFailing'))]),
  ],
};
