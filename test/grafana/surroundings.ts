import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { DashboardJson } from '../../grafana/lint/dashboard-json.ts';
import type { Metric, Metrics, Surroundings } from '../../grafana/lint/surroundings.ts';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { createAnchors } from '../../src/runbook/anchors.ts';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { foreignMetrics, instruments } from '../../src/telemetry/instruments.ts';
import { labelName } from '../../src/telemetry/prometheus-labels.ts';
import { instrumentName } from '../../src/telemetry/prometheus-names.ts';

const root = new URL('../../', import.meta.url);
const { runbook: runbookUrl } = defaultAlertSettings.links;
const rulesFolder = new URL('otel/prometheus/rules/', root);

/** One rule as it stands in a rule file. */
export type Rule = {
  readonly file: string;
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** Every rule of every committed rule file. */
export function readRules(): Rule[] {
  return readdirSync(rulesFolder)
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((file) => {
      const { groups } = readYaml(`otel/prometheus/rules/${file}`) as {
        groups: { rules: Omit<Rule, 'file'>[] }[];
      };
      return groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file })));
    });
}

/** The committed dashboard files by name. */
export function readCommittedTexts(): ReadonlyMap<string, string> {
  const folder = new URL('grafana/dashboards/', root);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

/** The committed rule files, and the manifests for Kubernetes, by name. */
export function readGeneratedManifests(): ReadonlyMap<string, string> {
  const folders = [rulesFolder, new URL('deploy/kubernetes/', root)];
  return new Map(
    folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
    ),
  );
}

/** The committed dashboards. */
export function readDashboards(): DashboardJson[] {
  return [...readCommittedTexts().values()].map((text) => JSON.parse(text) as DashboardJson);
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(new URL(path, root), 'utf8'));
}

/** The series that the service exposes, that rules record, and those of others. */
export function knownMetrics(rules: readonly Rule[]): Metrics {
  const known = new Map<string, Metric>();
  for (const instrument of Object.values<Instrument>(instruments)) {
    const name = instrumentName(instrument);
    const { type, attributes } = instrument;
    const own = ['job', 'instance', ...attributes.map(labelName)];
    if (type !== 'histogram') known.set(name, { kind: type, labels: new Set(own) });
    else {
      known.set(`${name}_bucket`, { kind: 'counter', labels: new Set([...own, 'le']) });
      for (const end of ['sum', 'count'])
        known.set(`${name}_${end}`, { kind: 'counter', labels: new Set(own) });
    }
  }
  for (const rule of rules) if (rule.record !== undefined) known.set(rule.record, { kind: 'recorded' });
  const foreign = foreignMetrics.map(({ name }) => new RegExp(`^${name.replace('*', '\\w+')}$`));
  return (name) =>
    known.get(name) ?? (foreign.some((pattern) => pattern.test(name)) ? { kind: 'foreign' } : undefined);
}

/** What the committed dashboards may refer to. */
export function readSurroundings(): Surroundings {
  const { datasources } = readYaml('grafana/provisioning/datasources/datasources.yaml') as {
    datasources: { uid: string; type: string }[];
  };
  const dashboards = readDashboards();
  return {
    metrics: knownMetrics(readRules()),
    datasources: new Map(datasources.map(({ uid, type }) => [uid, type])),
    dashboards: new Map(
      dashboards.map(({ uid, templating }) => [
        uid ?? '',
        new Set((templating?.list ?? []).map((variable) => variable.name ?? '')),
      ]),
    ),
    jaegerPages: publishedJaeger(),
    tags: new Set(dashboards.flatMap((dashboard) => dashboard.tags ?? [])),
    runbookUrl,
    runbook: runbookSections(),
  };
}

/** The address under which docker-compose.yml publishes Jaeger's pages unless told otherwise. */
function publishedJaeger(): string {
  const { services } = readYaml('docker-compose.yml') as { services: { jaeger: { ports: string[] } } };
  const port = services.jaeger.ports
    .map((text) => /\$\{JAEGER_PORT-(\d+)\}:16686$/.exec(text)?.[1])
    .find(Boolean);
  return `http://localhost:${port}`;
}

/** The anchors of docs/alerts.md as GitHub makes them from its headings. */
export function runbookSections(): ReadonlySet<string> {
  const file = new URL('docs/alerts.md', root);
  const headings = existsSync(file) ? readFileSync(file, 'utf8').matchAll(/^#+\s+(.+)$/gm) : [];
  const anchorOf = createAnchors();
  return new Set([...headings].map(([, heading]) => anchorOf(heading)));
}

/**
 * The metrics that a dashboard and the alerts of rule files ask for, in the end: those that rules record are followed to
 * what they are made of. Only names that begin with `model_`: others are of the service.
 */
export function metricsBehind(dashboard: string, ruleFiles: readonly string[]): string[] {
  const rules = readRules();
  const recorded = Map.groupBy(rules, ({ record }) => record);
  const { templating, panels } = JSON.parse(readCommittedTexts().get(`${dashboard}.json`) ?? '{}') as Record<
    string,
    unknown
  >;
  const texts = [
    ...[
      ...JSON.stringify({ templating, panels }).matchAll(/"(?:expr|query|definition)":("(?:[^"\\]|\\.)*")/g),
    ].map(([, text]) => JSON.parse(text) as string),
    ...rules.filter(({ file, alert }) => alert && ruleFiles.includes(file)).map(({ expr }) => expr),
  ];
  const found = new Set<string>();
  const follow = (text: string): void => {
    for (const [name] of text.matchAll(/\bmodel_?[a-z0-9_]*(?::[a-z0-9_]+)*\b(?=[{[ )]|$)/g)) {
      if (found.has(name)) continue;
      found.add(name);
      for (const { expr } of recorded.get(name) ?? []) follow(expr);
    }
  };
  for (const text of texts) follow(text);
  return [...found].filter((name) => name.startsWith('model_') && !name.includes(':'));
}
