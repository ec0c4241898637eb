import type { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { alertStateColours, severityColours, variable } from './language.ts';
import { toRunbook } from './links.ts';
import type { PanelText } from './panel.ts';
import { type Column, inColours, type Rows, table } from './tables.ts';

/** Severities by their rank, each with the name that teams use who page people and write tickets. */
export const critical = 'severity=~"critical|page"';
export const notCritical = 'severity!~"critical|page"';
const warning = 'severity=~"warning|ticket"';

/** Alerts that ask somebody to do something; what goes to the dead man's switch does not. */
export const real = 'severity!="none"';

/** 2 where one of the alerts that is firing is critical, 1 where one is not, nothing where none fires. */
export function worstAlert(matchers: string): string {
  const firing = `alertstate="firing",${real},${matchers}`;
  return `2 * max(ALERTS{${firing},${critical}}) or max(ALERTS{${firing},severity!="info"})`;
}

/** What an alert is about besides its model: a feature, segment, figure, objective, shadow or target, in one label. */
const subjects = ['feature', 'segment_feature', 'segment', 'metric', 'slo', 'shadow', 'job', 'instance'];
export function withSubject(alerts: string): string {
  const joined = `label_join(${alerts}, "what", " ", ${subjects.map((label) => `"${label}"`).join(', ')})`;
  return `label_replace(${joined}, "what", "$1", "what", " *(.*?) *")`;
}

/**
 * One row for each alert by the labels given: those that fire first, the critical ones first among them. A click on the
 * name opens its section of the runbook.
 *
 * @param alerts gives the alerts to which matchers apply
 */
export function alertsTable(
  text: Omit<PanelText, 'unit'>,
  alerts: (matchers: string) => string,
  columns: readonly Column[],
  first?: Rows['first'],
): Table {
  const labels = ['alertname', 'alertstate', 'severity'].concat(
    columns.flatMap(({ from }) => ('label' in from ? from.label : [])),
  );
  const by = `max by (${labels.join(', ')})`;
  const ranks = [critical, warning, ''].map((matchers, rank) => `0 * ${by} (${alerts(matchers)}) + ${rank}`);
  const toSection = toRunbook(variable('__value.text'), 'What to do');
  return table(
    { ...text, unit: 'none' },
    [{ expr: ranks.join(' or ') }],
    'alertname',
    [
      {
        from: { label: 'alertname' },
        name: 'Alert',
        width: 310,
        look: [{ id: 'links', value: [toSection] }],
      },
      { from: { label: 'alertstate' }, name: 'State', width: 90, look: inColours(alertStateColours) },
      { from: { label: 'severity' }, name: 'Severity', width: 90, look: inColours(severityColours) },
      ...columns,
    ],
    {
      order: [{ by: { label: 'alertstate' } }, { by: { query: 'A' } }, { by: { label: 'alertname' } }],
      first,
    },
  );
}
