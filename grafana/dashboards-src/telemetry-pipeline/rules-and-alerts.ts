import { alertsTable, withSubject } from '../alerts-table.ts';
import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { thresholdLine, timeSeries } from '../time-series.ts';
import { rulesFailed, slowest } from './pipeline-queries.ts';

export const rules: Row = {
  question: 'Are the rules evaluated, and the alerts delivered?',
  panels: [
    thresholdLine(
      timeSeries(
        {
          title: 'Slowest groups of rules: share of their interval',
          description:
            'How much of its interval each of the five slowest groups of rules needs. Above 100 % evaluations are skipped; above 50 % look for a window that grew expensive.',
          unit: 'percentunit',
          noData: 'Prometheus evaluates no rules, or does not scrape itself',
        },
        [{ expr: slowest(5), legend: '{{rule_group}}' }],
        8,
      ),
      1,
    ).links([asPanelLink(toRunbook('RuleGroupSlow'))]),
    timeSeries(
      {
        title: 'Failed and missed evaluations',
        description: 'Evaluations of rules that failed, or were skipped because the one before was not done.',
        unit: 'locale',
        noData: 'Prometheus evaluates no rules, or does not scrape itself',
      },
      [
        { expr: rulesFailed, legend: 'failed' },
        {
          expr: 'sum(increase(prometheus_rule_group_iterations_missed_total[$__rate_interval]))',
          legend: 'missed',
        },
      ],
      8,
    ).links([asPanelLink(toRunbook('RuleEvaluationFailing'))]),
    timeSeries(
      {
        title: 'Alerts sent and lost',
        description:
          'Notifications a minute that Prometheus dropped, and that Alertmanager sent or failed to send. Nobody hears of those that were lost: until this is fixed, look at the alerts here.',
        unit: 'suffix:/min',
        noData: 'neither Prometheus nor Alertmanager is scraped',
      },
      [
        {
          expr: '60 * sum(rate(prometheus_notifications_dropped_total[$__rate_interval]))',
          legend: 'dropped by Prometheus',
        },
        {
          expr: '60 * sum(rate(alertmanager_notifications_failed_total[$__rate_interval]))',
          legend: 'failed in Alertmanager',
        },
        {
          expr: '60 * sum(rate(alertmanager_notifications_total[$__rate_interval]))',
          legend: 'sent by Alertmanager',
        },
      ],
      8,
    ).links([asPanelLink(toRunbook('AlertsNotDelivered'))]),
    alertsTable(
      {
        title: 'Alerts that fire or are about to',
        description:
          'All alerts, the Watchdog among them: it fires always, so that its absence shows. Pending: the condition holds, but not yet for as long as the rule requires. A click on a name opens its section of the runbook.',
        noData: 'not even the Watchdog fires: Prometheus evaluates no rules',
      },
      (matchers) => withSubject(`ALERTS{${matchers}}`),
      [
        { from: { label: 'component' }, name: 'About' },
        { from: { label: 'model' }, name: 'Model' },
        { from: { label: 'what' }, name: 'What' },
        { from: { label: 'window' }, name: 'Window' },
      ],
    ).height(14),
  ],
};
