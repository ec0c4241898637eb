import type { VariableJson } from './dashboard-json.ts';
import { builtInVariables, interpolate, variableUses } from './interpolate.ts';
import { type Expression, parsePromql } from './parse-promql.ts';
import type { Metrics } from './surroundings.ts';

const rates = new Set(['rate', 'increase', 'irate', 'delta', 'idelta']);
const matcher = /(=~|!~|!=|=)\s*"([^"]*)"/g;

/** Stands for the value of a variable that offers durations; nobody writes it by hand. */
const sampleWindow = '613s';

/** A value for each variable, as Grafana would put one; several at once as `(a|b)`. */
export function sampleValues(variables: readonly VariableJson[]): Map<string, string> {
  return new Map([
    ...builtInVariables,
    ...variables.map((variable): [string, string] => [variable.name ?? '', sampleValue(variable)]),
  ]);
}

function sampleValue(variable: VariableJson): string {
  if (takesSeveral(variable)) return '(a|b)';
  const first = String(variable.query ?? '').split(',')[0];
  if (variable.type === 'custom') return /^\d+[smhdw]$/.test(first) ? sampleWindow : first;
  return 'a';
}

const takesSeveral = (variable: VariableJson) => variable.multi === true || variable.includeAll === true;

/** The faults of one PromQL expression that may hold Grafana variables. */
export function lintExpression(
  expression: string,
  variables: readonly VariableJson[],
  metrics: Metrics,
): string[] {
  const values = sampleValues(variables);
  const unknown = variableUses(expression)
    .filter((use) => !values.has(use.name))
    .map((use) => `uses the unknown variable ${use.text}`);
  if (unknown.length > 0) return unknown;

  const text = interpolate(expression, values);
  const parsed = parsePromql(text);
  if (parsed.errors.length > 0) {
    const at = parsed.errors[0];
    return [`is no valid PromQL at ${JSON.stringify(text.slice(at, at + 30))}: ${text}`];
  }
  const allowedRanges = new Set([values.get('__rate_interval'), values.get('__range'), sampleWindow]);
  return [
    ...new Set([
      ...selectorFaults(parsed, metrics),
      ...parsed.ranges
        .filter((call) => rates.has(call.fn) && !call.subquery)
        .flatMap((call) => [
          ...(allowedRanges.has(call.range)
            ? []
            : [`takes ${call.fn}() over [${call.range}], not [$__rate_interval]`]),
          ...call.metrics
            .filter((metric) => ['gauge', 'recorded'].includes(metrics(metric)?.kind ?? ''))
            .map((metric) => `takes ${call.fn}() of ${metric}, which is no counter`),
        ]),
      ...matcherFaults(expression, variables),
    ]),
  ];
}

/** Metrics that do not exist, and labels that they do not have. */
export function selectorFaults(expression: Expression, metrics: Metrics): string[] {
  return expression.selectors.flatMap(({ text, metric, matchers }) => {
    if (metric === undefined) return [`selects ${text}: a metric is named, not matched`];
    const known = metrics(metric);
    if (known === undefined) return [`names ${metric}, which nobody exposes or records`];
    return matchers
      .filter(({ label }) => known.labels?.has(label) === false)
      .map(({ label }) => `selects ${metric} by ${label}, a label it does not have`);
  });
}

/** A variable of several values needs a regular expression, and a single value in one must be escaped. */
function matcherFaults(expression: string, variables: readonly VariableJson[]): string[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  return [...expression.matchAll(matcher)].flatMap(([whole, operator, value]) =>
    variableUses(value).flatMap((use) => {
      const variable = byName.get(use.name);
      if (!variable) return [];
      const regex = operator.endsWith('~');
      if (takesSeveral(variable) && !regex)
        return [`compares ${whole} although ${use.text} holds several values`];
      if (!takesSeveral(variable) && regex && use.format !== 'regex') {
        return [`matches ${whole}, where one value is taken for a pattern: write \${${use.name}:regex} or =`];
      }
      return [];
    }),
  );
}
