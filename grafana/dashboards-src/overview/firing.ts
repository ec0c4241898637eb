import { alertsTable, real, withSubject } from '../alerts-table.ts';
import type { Row } from '../compose.ts';

/** As many as fit without scrolling. */
const first = 7;

export const firing: Row = {
  question: 'Which alerts fire?',
  panels: [
    alertsTable(
      {
        title: 'Alerts that fire or are about to',
        description: `The ${first} alerts to look at first: firing before pending, critical before the rest. Pending: the condition holds, but not yet for as long as the rule requires. Telemetry pipeline lists all. A click on a name opens its section of the runbook.`,
        noData: 'no alert is firing or pending, or no rules are evaluated',
      },
      (matchers) => withSubject(`ALERTS{${real},${matchers}}`),
      [
        { from: { label: 'component' }, name: 'About', width: 110 },
        { from: { label: 'model' }, name: 'Model' },
        { from: { label: 'what' }, name: 'What' },
        { from: { label: 'window' }, name: 'Window', width: 90 },
      ],
      first,
    ).height(9),
  ],
};
