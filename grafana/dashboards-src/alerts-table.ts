import type { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { variable } from './language.ts';
import { toRunbook } from './links.ts';
import type { PanelText } from './panel.ts';
import { type Column, table } from './tables.ts';

/** What a query of alerts of a model gives while there is none: a table that says so instead of one without columns. */
export function orNoAlert(alerts: string): string {
  return `${alerts} or on () label_replace(vector(0), "alertname", "none", "", "")`;
}

/** One row for each alert of a query, by its name, which opens its section of the runbook where there is an address. */
export function alertsTable(
  text: Omit<PanelText, 'unit'>,
  alerts: string,
  columns: readonly Column[],
): Table {
  const toSection = toRunbook(variable('__value.text'), 'What to do');
  return table({ ...text, unit: 'none' }, [{ expr: alerts }], 'alertname', [
    { from: { label: 'alertname' }, name: 'Alert', look: [{ id: 'links', value: [toSection] }] },
    { from: { label: 'alertstate' }, name: 'State' },
    { from: { label: 'severity' }, name: 'Severity' },
    ...columns,
  ]);
}
