import { deliveryVerdict } from '../../../otel/prometheus/generator/delivery-rules.ts';
import { alertsTable, real, withSubject } from '../alerts-table.ts';
import type { Row } from '../compose.ts';
import { asPanelLink, toRunbook } from '../links.ts';
import { verdictStat } from '../verdict-panels.ts';

/** As many as fit without scrolling. */
const first = 7;

export const firing: Row = {
  question: 'Which alerts fire?',
  panels: [
    alertsTable(
      {
        title: 'Alerts that fire or are about to',
        description: `The ${first} alerts to look at first: firing before pending, critical before the rest. Pending ones hold, but not yet for as long as their rule asks. Telemetry pipeline lists all. A click on a name opens what to do about it.`,
        noData: 'no alert is firing or pending',
      },
      (matchers) => withSubject(`ALERTS{${real},${matchers}}`),
      [
        { from: { label: 'component' }, name: 'About', width: 110 },
        { from: { label: 'model' }, name: 'Model' },
        { from: { label: 'what' }, name: 'What' },
        { from: { label: 'window' }, name: 'Window', width: 90 },
      ],
      first,
    )
      .height(9)
      .span(20),
    verdictStat(
      {
        title: 'Alerts delivered',
        description:
          'Whether alerts reached somebody in the last 15 minutes. “No receiver”: none has an address yet, so that these dashboards are the only place where alerts show. The link says how to give Alertmanager one.',
        noData: 'Alertmanager not scraped',
      },
      { expr: `max(${deliveryVerdict})` },
      { good: 'yes', unsure: 'no receiver', bad: 'failing' },
    )
      .height(9)
      .links([asPanelLink(toRunbook('AlertsNotDelivered'))]),
  ],
};
