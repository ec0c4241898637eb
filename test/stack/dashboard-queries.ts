import { contentPanels, type DashboardJson, type VariableJson } from '../../grafana/lint/dashboard-json.ts';
import { interpolate } from '../../grafana/lint/interpolate.ts';
import type { createJaeger, Prometheus, Series } from './engines.ts';

type Engines = { readonly prometheus: Prometheus; readonly jaeger: ReturnType<typeof createJaeger> };

/** What a query of a dashboard gave: how many series with a number in them, or the error. */
export type QueryResult = { readonly place: string; readonly series: number; readonly error?: string };

const rangeSeconds = 900;
const stepSeconds = 15;

const builtIn: readonly (readonly [string, string])[] = [
  ['__rate_interval', '60s'],
  ['__interval', `${stepSeconds}s`],
  ['__interval_ms', String(stepSeconds * 1000)],
  ['__range', `${rangeSeconds}s`],
  ['__range_s', String(rangeSeconds)],
  ['__range_ms', String(rangeSeconds * 1000)],
];

function withNumbers(series: readonly Series[]): number {
  return series.filter(({ values }) => values.some(([, value]) => !Number.isNaN(value))).length;
}

type Loaded = VariableJson & {
  readonly regex?: string;
  readonly current?: { readonly value?: string | string[] };
};

/** The values that a variable offers, the one that is chosen at first in front. */
async function variableValues(
  variable: Loaded,
  values: ReadonlyMap<string, string>,
  { prometheus }: Engines,
): Promise<string[]> {
  const text = interpolate(
    typeof variable.query === 'string'
      ? variable.query
      : String((variable.query as { query?: string })?.query),
    values,
  );
  if (variable.type === 'datasource') return [text];
  if (variable.type === 'custom') return [variable.current?.value ?? text.split(',')].flat();
  const labels = /^label_values\((.+),\s*(\w+)\)$/.exec(text);
  if (labels) return prometheus.labelValues(labels[2], labels[1]);
  const result = /^query_result\((.+)\)$/s.exec(text);
  if (!result) throw new Error(`no such variable query: ${text}`);
  const pattern = new RegExp(variable.regex?.replace(/^\/|\/$/g, '') ?? '(.*)');
  const series = await prometheus.query(result[1]);
  return series.flatMap(({ metric, values: [[time, value]] }) => {
    const pairs = Object.entries(metric).map(([key, label]) => `${key}="${label}"`);
    return pattern.exec(`{${pairs.join(',')}} ${value} ${time}`)?.[1] ?? [];
  });
}

type Target = {
  refId?: string;
  expr?: string;
  instant?: boolean;
  exemplar?: boolean;
  queryType?: string;
  service?: string;
  limit?: number;
};

async function runTarget(
  target: Target,
  values: ReadonlyMap<string, string>,
  engines: Engines,
): Promise<number> {
  if (target.expr === undefined)
    return (await engines.jaeger.search(target.service ?? '', target.limit ?? 20)).length;
  const expr = interpolate(target.expr, values);
  return withNumbers(
    target.instant
      ? await engines.prometheus.query(expr)
      : await engines.prometheus.queryRange(expr, rangeSeconds, stepSeconds),
  );
}

/** Runs every query of a dashboard as Grafana would, with its variables at what they choose by themselves. */
export async function runDashboardQueries(
  dashboard: DashboardJson,
  engines: Engines,
): Promise<QueryResult[]> {
  const values = new Map(builtIn);
  const results: QueryResult[] = [];
  async function record(place: string, count: () => Promise<number>): Promise<void> {
    try {
      results.push({ place: `${dashboard.title}: ${place}`, series: await count() });
    } catch (error) {
      results.push({ place: `${dashboard.title}: ${place}`, series: 0, error: (error as Error).message });
    }
  }
  for (const variable of (dashboard.templating?.list ?? []) as Loaded[]) {
    await record(`variable ${variable.name}`, async () => {
      const found = await variableValues(variable, values, engines);
      values.set(variable.name ?? '', variable.multi ? found.join('|') : (found[0] ?? ''));
      return found.length;
    });
  }
  for (const panel of contentPanels(dashboard)) {
    for (const target of (panel.targets ?? []) as Target[]) {
      await record(`panel ${panel.title}, ${target.refId}`, () => runTarget(target, values, engines));
      const { exemplar, expr = '' } = target;
      if (!exemplar) continue;
      await record(`panel ${panel.title}, exemplars of ${target.refId}`, async () => {
        return (await engines.prometheus.exemplarTraces(interpolate(expr, values))).length;
      });
    }
  }
  return results;
}

/** Runs the annotations' queries; having nothing to mark is not a fault. */
export async function runAnnotationQueries(
  dashboard: DashboardJson,
  { prometheus }: Engines,
): Promise<number> {
  const values = new Map([...builtIn, ['model', 'credit']] as const);
  const expressions = (dashboard.annotations?.list ?? []).flatMap(({ expr }) => expr ?? []);
  for (const expr of expressions)
    await prometheus.queryRange(interpolate(expr, values), rangeSeconds, stepSeconds);
  return expressions.length;
}
