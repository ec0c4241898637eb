import * as units from '@grafana/grafana-foundation-sdk/units';
import { verdictColours } from '../dashboards-src/language.ts';
import {
  contentPanels,
  type DashboardJson,
  type DatasourceJson,
  type PanelJson,
  type VariableJson,
} from './dashboard-json.ts';
import { variableUses } from './interpolate.ts';
import { lintExpression } from './lint-expression.ts';
import { lintGrid } from './lint-grid.ts';
import { lintLink, panelLinks } from './lint-links.ts';
import type { Fault, Surroundings } from './surroundings.ts';

const knownUnits: ReadonlySet<string> = new Set(
  Object.values(units).filter((unit) => typeof unit === 'string'),
);
const unwanted = new Set(['gauge', 'piechart']);
const sharedCrosshair = 1;
/** As many characters as a tile of a sixth of the width shows in a size that can be read from afar. */
const mostInTile = 25;

/**
 * Everything that is wrong in one dashboard: what would not work (queries, references, links), and what would work
 * but be hard to read (no unit, no description, no meaning of "no data", a colour without a word).
 */
export function lintDashboard(dashboard: DashboardJson, around: Surroundings): Fault[] {
  const variables = dashboard.templating?.list ?? [];
  const whole = dashboard.uid ?? 'a dashboard without uid';
  const faults: Fault[] = [];
  const add = (where: string, fault: string) => faults.push({ where: `${whole}: ${where}`, fault });

  if (!/^[\w-]{1,40}$/.test(dashboard.uid ?? '')) add('the dashboard', 'has no valid uid');
  if (!dashboard.title) add('the dashboard', 'has no title');
  if (dashboard.graphTooltip !== sharedCrosshair) add('the dashboard', 'does not share the crosshair');
  for (const fault of repeated(variables.map((variable) => variable.name))) add('variables', fault);

  const expression = (where: string, text: string | undefined) => {
    if (!text) add(where, 'has no query');
    else for (const fault of lintExpression(text, variables, around.metrics)) add(where, fault);
  };
  const datasource = (where: string, reference: DatasourceJson | undefined) => {
    const fault = datasourceFault(reference, variables, around);
    if (fault) add(where, fault);
    return reference?.type;
  };

  for (const variable of variables.filter((one) => one.type === 'query')) {
    const where = `variable $${variable.name}`;
    if (datasource(where, variable.datasource) === 'prometheus')
      expression(where, variableExpression(variable));
  }
  for (const annotation of dashboard.annotations?.list ?? []) {
    const where = `annotation "${annotation.name}"`;
    if (datasource(where, annotation.datasource) === 'prometheus') expression(where, annotation.expr);
  }
  for (const link of dashboard.links ?? []) {
    const fault = lintLink(link, dashboard, around);
    if (fault) add(`link "${link.title}"`, fault);
  }

  const panels = contentPanels(dashboard);
  const rows = dashboard.panels ?? [];
  const grid = [rows, ...rows.map((row) => row.panels ?? [])].flatMap((group) => lintGrid(group));
  for (const { panel, fault } of grid) add(nameOf(panel), fault);
  for (const fault of repeated(
    [...rows, ...rows.flatMap((row) => row.panels ?? [])].map((panel) => panel.id),
  )) {
    add('panel ids', fault);
  }
  for (const row of rows.filter((panel) => panel.type === 'row')) {
    if (!row.title?.endsWith('?')) add(nameOf(row), 'is a row whose title asks no question');
    for (const fault of wordFaults(row.title ?? '', variables)) add(nameOf(row), fault);
  }
  for (const panel of panels) {
    const where = nameOf(panel);
    for (const fault of textFaults(panel, variables)) add(where, fault);
    for (const fault of lookFaults(panel)) add(where, fault);
    for (const fault of repeated((panel.targets ?? []).map((target) => target.refId))) add(where, fault);
    if (!panel.targets?.length) add(where, 'asks nothing');
    for (const target of panel.targets ?? []) {
      const type = datasource(where, target.datasource ?? panel.datasource);
      if (type === 'prometheus') expression(`${where} ${target.refId}`, target.expr);
    }
    for (const link of panelLinks(panel)) {
      const fault = lintLink(link, dashboard, around);
      if (fault) add(`${where}, link "${link.title}"`, fault);
    }
  }
  return faults;
}

const nameOf = (panel: PanelJson) => `"${panel.title || `panel ${panel.id}`}"`;

function repeated(keys: readonly (string | number | undefined)[]): string[] {
  const seen = new Set<string | number>();
  return keys.flatMap((key) => {
    if (key === undefined) return ['lacks one'];
    if (seen.has(key)) return [`has ${key} twice`];
    seen.add(key);
    return [];
  });
}

/** The PromQL within `label_values(expr, label)` and `query_result(expr)`. */
function variableExpression(variable: VariableJson): string {
  const query =
    typeof variable.query === 'string' ? variable.query : (variable.query as { query?: string })?.query;
  const inner = /^(?:label_values\((.+),\s*\w+\s*\)|query_result\((.+)\))$/s.exec(query?.trim() ?? '');
  return inner?.[1] ?? inner?.[2] ?? '';
}

function datasourceFault(
  reference: DatasourceJson | undefined,
  variables: readonly VariableJson[],
  around: Surroundings,
): string | undefined {
  if (!reference?.uid) return 'names no data source';
  const [use] = variableUses(reference.uid);
  if (use) {
    const variable = variables.find((one) => one.name === use.name && one.type === 'datasource');
    if (!variable) return `takes its data source from ${reference.uid}, which is no variable of that kind`;
    return variable.query === reference.type ? undefined : `asks ${reference.uid} as ${reference.type}`;
  }
  const type = around.datasources.get(reference.uid);
  if (type === undefined) return `asks the data source "${reference.uid}", which is not provisioned`;
  return type === reference.type
    ? undefined
    : `asks "${reference.uid}" as ${reference.type}, but it is ${type}`;
}

/** What a reader needs beside the picture. */
function textFaults(panel: PanelJson, variables: readonly VariableJson[]): string[] {
  const { unit, noValue } = panel.fieldConfig?.defaults ?? {};
  const faults = wordFaults(`${panel.title} ${panel.description}`, variables);
  if (!panel.title) faults.push('has no title');
  if ((panel.description ?? '').length < 40) faults.push('has no description that says how to read it');
  if (!unit) faults.push('has no unit');
  else if (!knownUnits.has(unit) && !unit.startsWith('suffix:'))
    faults.push(`has the unknown unit "${unit}"`);
  if (!noValue) faults.push('does not say what "no data" means');
  return faults;
}

/** Variables in a text that do not exist. */
function wordFaults(text: string, variables: readonly VariableJson[]): string[] {
  return variableUses(text)
    .filter((use) => !variables.some((variable) => variable.name === use.name))
    .map((use) => `uses the unknown variable ${use.text} in its text`);
}

/** What the common language of the pages asks of a panel. */
function lookFaults(panel: PanelJson): string[] {
  const { thresholds, mappings, color } = panel.fieldConfig?.defaults ?? {};
  const faults = [];
  if (unwanted.has(panel.type ?? '')) faults.push(`is a ${panel.type}: use a stat or bars`);
  const colours = (thresholds?.steps ?? []).map((step) => step.color ?? '');
  const judging = [...colours, color?.fixedColor ?? ''].some((colour) => verdictColours.has(colour));
  if (judging && !JSON.stringify(mappings ?? []).includes('"text"')) {
    faults.push('shows a verdict by its colour alone: map its values to words');
  }
  if (panel.type === 'stat') {
    if (color === undefined) faults.push('leaves its colour to Grafana, which takes green');
    if ((panel.fieldConfig?.defaults?.noValue ?? '').length > mostInTile)
      faults.push(`says what "no data" means in more than ${mostInTile} characters, which are set small`);
    if ((panel.targets ?? []).some(({ instant }) => !instant))
      faults.push('asks for more than the present, and so shows as true now what was true last');
  }
  const unnamed = new Set(
    (panel.fieldConfig?.overrides ?? [])
      .filter(({ properties = [] }) =>
        properties.some(
          ({ id, value }) => id === 'custom.hideFrom' && (value as { legend?: boolean }).legend,
        ),
      )
      .map(({ matcher }) => matcher?.options),
  );
  const several = (panel.targets ?? []).some(
    ({ refId, legendFormat }) => legendFormat?.includes('{{') && !unnamed.has(refId),
  );
  const legend = panel.options?.legend;
  if (panel.type === 'timeseries' && several) {
    const table = legend?.displayMode === 'table' && legend.calcs?.includes('lastNotNull');
    if (!table) faults.push('may show many series: its legend must be a table with the last value');
  }
  return faults;
}
