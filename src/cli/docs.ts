import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { AlertSetting } from '../alerts/alert-setting.ts';
import { alertSettingSections, alertSettingsJsonSchema } from '../alerts/alert-settings.ts';
import { modelFileJsonSchema } from '../predictors/index.ts';
import { driftReportJsonSchema } from '../report/compute/drift-report.ts';
import { serviceSettings } from '../settings/config.ts';
import { grpcVariables, otelSettings, refusedVariables } from '../settings/otel-settings.ts';
import type { Setting } from '../settings/setting-types.ts';
import { type DriftStatistic, driftStatistics } from '../stats/drift-statistics.ts';
import type { Instrument } from '../telemetry/instrument.ts';
import { foreignMetrics, instruments } from '../telemetry/instruments.ts';
import { labelName } from '../telemetry/prometheus-labels.ts';
import { instrumentName } from '../telemetry/prometheus-names.ts';
import { alertCostsTable, ruleCostsTable } from './alert-costs.ts';
import { commands } from './commands.ts';
import { commandsReference } from './commands-reference.ts';
import { conventionTables } from './conventions.ts';
import { readExports } from './library-exports.ts';
import { table } from './markdown-table.ts';
import { rooms } from './rooms.ts';

/** Documents with tables that are made from the code: each table stands between two comments with its name. */
const documents: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/reference/alerts.md': { alerts: alertsTable },
  'docs/reference/commands.md': { commands: () => commandsReference(commands) },
  'docs/reference/metrics.md': { telemetry: telemetryTable },
  'docs/reference/settings.md': { settings: () => settingsTable(serviceSettings) },
  'docs/architecture.md': { rooms: roomsTable },
  'docs/alerts.md': { 'alert-settings': alertSettingsTable },
  'docs/drift.md': { statistics: statisticsTable },
  'docs/library.md': { exports: libraryTable },
  'docs/semantic-conventions.md': conventionTables,
  'docs/tracing.md': {
    'otel-settings': () => settingsTable(otelSettings),
    'otel-refused': refusedTable,
  },
  'docs/operating.md': { 'alert-costs': alertCostsTable, 'rule-costs': ruleCostsTable },
};

/** JSON Schemas of files that others read or write, by the name of their document. */
const schemas = {
  'alert-settings': alertSettingsJsonSchema,
  artifact: modelFileJsonSchema,
  'drift-report': driftReportJsonSchema,
};

/** Markdown of some settings. */
function settingsTable(settings: Readonly<Record<string, Setting>>): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const preset = 'default' in setting ? `\`${setting.default}\`` : '–';
    return [`\`${name}\``, preset, setting.description];
  });
  return table(['setting', 'default', 'meaning'], rows);
}

/** Markdown of the standard variables that the service does not follow. */
function refusedTable(): string {
  const refused = Object.entries(refusedVariables).map(([name, reason]) => [
    `\`${name}\``,
    `refused: ${reason}`,
  ]);
  const idle = grpcVariables.map((name) => [`\`${name}\``, 'no effect: it is for OTLP over gRPC alone']);
  return table(['variable', 'what happens'], [...refused, ...idle]);
}

/** Markdown of all metrics, ours and those of others that rules and dashboards use. */
function telemetryTable(): string {
  const ours = Object.values<Instrument>(instruments).map((one) => [
    `\`${instrumentName(one)}\``,
    one.type,
    one.attributes.map((attribute) => `\`${labelName(attribute)}\``).join(' '),
    `\`${one.name}\``,
    one.description,
  ]);
  const others = foreignMetrics.map(({ name, source }) => [`\`${name}\``, 'external', '', '', source]);
  return table(['metric', 'type', 'labels', 'in OpenTelemetry', 'meaning'], [...ours, ...others]);
}

/** Markdown of all alerts: the first paragraph of each section of the runbook, which begins with its severity. */
function alertsTable(): string {
  const runbook = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
  const sections = [...runbook.matchAll(/^### (\w+)\n\n(?:Severity `)?(\w+)`?\. (.+)$/gm)];
  const rows = sections.map(([, name, severity, when]) => [
    `[${name}](../alerts.md#${name.toLowerCase()})`,
    severity.toLowerCase(),
    when,
  ]);
  return table(['alert', 'severity', 'fires when'], rows);
}

/** Markdown of the statistics of drift. */
function statisticsTable(): string {
  const rows = Object.values<DriftStatistic>(driftStatistics).map(({ title, formula, range, metric }) => [
    title,
    formula,
    range,
    metric === undefined ? '–' : `\`${instrumentName({ ...metric, type: 'gauge', unit: '' })}\``,
  ]);
  return table(['statistic', 'formula', 'range', 'metric'], rows);
}

/** Markdown of the settings of alerts, as a file would give their defaults. */
function alertSettingsTable(): string {
  const rows = Object.entries(alertSettingSections).flatMap(([section, settings]) =>
    Object.entries<AlertSetting>(settings).map(([name, { default: preset, description }]) => [
      `\`${section}\``,
      `\`${name}\``,
      `\`${JSON.stringify(preset)}\``,
      description,
    ]),
  );
  return table(['section', 'setting', 'default', 'meaning'], rows);
}

/** Markdown of what the library exports. */
function libraryTable(): string {
  const rows = readExports(new URL('../index.ts', import.meta.url)).map(({ name, kind, summary }) => [
    `\`${name}\``,
    kind,
    summary,
  ]);
  return table(['export', 'kind', 'meaning'], rows);
}

/** Markdown of the rooms of the source, innermost first. */
function roomsTable(): string {
  const rows = Object.entries(rooms).map(([name, { holds, knows, files, packages }]) => {
    const place = files?.map((file) => `\`src/${file}\``).join(' ') ?? `\`src/${name}/\``;
    return [`**${name}**: ${place}`, holds, knows.join(', ') || 'nothing', packages.join(', ') || 'none'];
  });
  return table(['room', 'what it holds', 'may import', 'packages'], rows);
}

/** The document with its tables regenerated. @throws Error if it lacks the place for one */
function withTables(text: string, tables: Readonly<Record<string, () => string>>): string {
  return Object.entries(tables).reduce((document, [name, make]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = document.indexOf(start);
    const to = document.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${start} … ${end} is missing`);
    return `${document.slice(0, from + start.length)}\n${make()}\n${document.slice(to)}`;
  }, text);
}

/** The documents as they stand, and as they should. */
export async function readDocuments(root: URL): Promise<{ path: URL; text: string; current: string }[]> {
  return Promise.all(
    Object.entries(documents).map(async ([name, tables]) => {
      const path = new URL(name, root);
      const text = await readFile(path, 'utf8');
      return { path, text, current: withTables(text, tables) };
    }),
  );
}

if (import.meta.main) {
  const root = new URL('../../', import.meta.url);
  for (const { path, text, current } of await readDocuments(root)) {
    if (text !== current) await writeFile(path, current);
  }
  for (const [name, schema] of Object.entries(schemas)) {
    await writeFile(new URL(`docs/${name}.schema.json`, root), `${JSON.stringify(schema(), null, 2)}\n`);
  }
}
