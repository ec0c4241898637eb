import { type AlertSettings, defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { jaegerPages } from './links.ts';
import { jaeger } from './panel.ts';

/** What an import asks for, in the order in which it asks: the texts that stand in the form, and what is filled in. */
const constants = {
  job: {
    label: 'Job of the service',
    description: 'The label job of the service in your Prometheus, or a regular expression.',
    value: defaultAlertSettings.jobs.service,
  },
  runbook: {
    label: 'Runbook',
    description:
      'The page that says what to do about each alert: the service’s own, or where you publish it.',
    value: defaultAlertSettings.links.runbook,
  },
  traces: {
    label: 'Jaeger',
    description: 'The address of Jaeger’s pages, to which links to traces lead.',
    value: jaegerPages,
  },
} as const;

/** The names of panels' kinds, as Grafana states what a dashboard requires. */
const panelNames: Readonly<Record<string, string>> = {
  barchart: 'Bar chart',
  heatmap: 'Heatmap',
  stat: 'Stat',
  'state-timeline': 'State timeline',
  table: 'Table',
  timeseries: 'Time series',
};

type Json = Readonly<Record<string, unknown>> & {
  readonly templating: {
    readonly list: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
  };
  readonly panels: readonly { readonly type: string }[];
};

/** Settings by which a dashboard takes from variables what differs between installations. */
export function withVariables(settings: AlertSettings): AlertSettings {
  return {
    ...settings,
    jobs: { ...settings.jobs, service: '$job' },
    links: { ...settings.links, runbook: raw('runbook') },
  };
}

const raw = (name: string) => `\${${name}:raw}`;

/**
 * A dashboard as others import it: Grafana asks for the data source and the constants of `__inputs`. Its latest versions
 * put the answers into variables only, older ones wherever `${NAME}` stands, so they stand in variables.
 *
 * @param text written with {@link withVariables}
 * @param version of Grafana with which the dashboards are tried
 */
export function importForm(text: string, version: string): string {
  const dashboard = JSON.parse(
    text.replaceAll(jaegerPages, raw('traces')).replaceAll(`"uid": "${jaeger.uid}"`, '"uid": "${jaeger}"'),
  ) as Json;
  const written = JSON.stringify(dashboard);
  const asked = Object.entries(constants).filter(([name]) => RegExp(`\\$\\{?${name}\\b`).test(written));
  const usesJaeger = written.includes('${jaeger}');
  const variables = dashboard.templating.list.map((variable) =>
    variable.name === 'datasource'
      ? { ...variable, current: { text: '', value: '${DS_PROMETHEUS}' } }
      : variable,
  );
  const kinds = [...new Set(dashboard.panels.map(({ type }) => type))]
    .filter((type) => type !== 'row')
    .sort();
  const form = {
    __inputs: [
      {
        name: 'DS_PROMETHEUS',
        label: 'Prometheus',
        description: 'The Prometheus that scrapes the service and has its rules.',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
      ...asked.map(([name, { label, description, value }]) => ({
        name: inputOf(name),
        type: 'constant',
        label,
        value,
        description,
      })),
    ],
    __elements: {},
    __requires: [
      { type: 'grafana', id: 'grafana', name: 'Grafana', version },
      { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
      ...(usesJaeger ? [{ type: 'datasource', id: 'jaeger', name: 'Jaeger', version: '1.0.0' }] : []),
      ...kinds.map((id) => ({ type: 'panel', id, name: panelNames[id], version: '' })),
    ],
    ...dashboard,
    id: null,
    editable: true,
    templating: {
      ...dashboard.templating,
      list: [
        ...variables,
        ...(usesJaeger ? [jaegerVariable] : []),
        ...asked.map(([name, { label, description }]) => constantVariable(name, label, description)),
      ],
    },
  };
  // in one line: nobody reads it, and it says the same as the dashboard that is provisioned
  return `${JSON.stringify(form)}\n`;
}

const inputOf = (name: string) => `VAR_${name.toUpperCase()}`;

/** Not one of the inputs: without a Jaeger, an import could not be finished. */
const jaegerVariable = {
  name: 'jaeger',
  type: 'datasource',
  label: 'Jaeger',
  description: 'The Jaeger with the traces, if there is one.',
  query: 'jaeger',
  current: {},
  hide: 2,
};

function constantVariable(name: string, label: string, description: string) {
  const value = `\${${inputOf(name)}}`;
  const current = { selected: false, text: value, value };
  return { name, type: 'constant', label, description, query: value, current, options: [current], hide: 2 };
}
