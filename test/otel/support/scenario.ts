import type { AlertingRule } from '../../../src/rules/rule-file.ts';
import { alertingRules } from '../../../src/rules/rule-files.ts';
import { withoutExternalLabels } from './annotation-links.ts';
import { type AlertCheck, type Pace, type Query, type RuleTest, rules, spanOf } from './promtool.ts';
import type { Labels, Series, Span } from './series.ts';

/**
 * An alert that must fire: the labels that distinguish it from others with its name, and the value that its texts
 * quote.
 */
export type Firing = {
  readonly labels: Labels;
  readonly value: number;
  /** What `model_feature:day_or_week_effect` is, where a text tells it. */
  readonly effect?: number;
  /** What `model_feature_unit_factor` is, where a text tells it. */
  readonly unit?: number;
  /** The feature with the largest `model_segment:day_or_week_psi`, where a text names it. */
  readonly furthest?: string;
};

/** What one alert does in a scenario: the times at which it is silent, which alerts of its name fire when. */
export type Course = {
  readonly alert: string;
  readonly silent: readonly string[];
  readonly firing?: Readonly<Record<string, readonly Firing[]>>;
  readonly resolved?: readonly string[];
};

/** A scenario as series, and how the alerts react to it. */
export type Scenario = {
  readonly name: string;
  readonly files: readonly string[];
  readonly pace: Pace;
  readonly until: string;
  readonly series: (span: Span) => readonly Series[];
  readonly courses: readonly Course[];
  readonly queries?: readonly Query[];
};

const alerts = new Map<string, AlertingRule>(alertingRules(rules).map((rule) => [rule.alert, rule]));

export function toRuleTest({ name, files, pace, until, series, courses, queries }: Scenario): RuleTest {
  return {
    name,
    files,
    pace,
    series: series(spanOf(pace, until)),
    ...(queries === undefined ? {} : { queries }),
    alerts: courses.flatMap(checks),
  };
}

function checks({ alert, silent, firing = {}, resolved = [] }: Course): AlertCheck[] {
  const rule = alerts.get(alert);
  if (rule === undefined) throw new Error(`there is no alert ${alert}`);
  return [
    ...[...silent, ...resolved].map((at) => ({ at, alert, firing: [] })),
    ...Object.entries(firing).map(([at, expected]) => ({
      at,
      alert,
      firing: expected.map(({ labels, value, ...found }) => ({
        labels: { ...labels, ...rule.labels },
        annotations: Object.fromEntries(
          Object.entries(rule.annotations).map(([key, text]) => [
            key,
            render(renderQuery(withoutExternalLabels(text), found), labels, value),
          ]),
        ),
      })),
    })),
  ];
}

/** What a query in an annotation finds: one sample, or nothing. */
function renderQuery(text: string, { effect, unit, furthest }: Omit<Firing, 'labels' | 'value'>): string {
  return text.replaceAll(/\{\{ with .+? \| query \}\}(.*?)\{\{ end \}\}/g, (_, sentence: string) => {
    if (sentence.includes('label "feature"')) {
      return furthest === undefined ? '' : sentence.replace('{{ . | first | label "feature" }}', furthest);
    }
    if (sentence.includes('another unit')) {
      return unit === undefined
        ? ''
        : sentence.replace('{{ . | first | value | printf "%.4g" }}', String(unit));
    }
    return effect === undefined
      ? ''
      : sentence.replace('{{ . | first | value | printf "%.2f" }}', effect.toFixed(2));
  });
}

/** How Prometheus renders an annotation, as far as ours use its templates. */
function render(text: string, labels: Labels, value: number): string {
  return text.replaceAll(/\{\{ (.+?) \}\}/g, (whole, expression: string) => {
    const label = /^\$labels\.(\w+)( \| urlquery)?$/.exec(expression);
    if (label !== null) {
      const content = labels[label[1]] ?? '';
      return label[2] === undefined ? content : urlquery(content);
    }
    if (expression === '$labels.segment | reReplaceAll "^= " ""') return labels.segment.replace(/^= /, '');
    if (expression === '$value') return String(value);
    if (expression === '$value | humanizePercentage') return `${Number((value * 100).toPrecision(4))}%`;
    const digits = /^\$value \| printf "%\.(\d)f"$/.exec(expression);
    if (digits !== null) return value.toFixed(Number(digits[1]));
    throw new Error(`${whole}: say in test/otel/support/scenario.ts how Prometheus renders it`);
  });
}

/** As Go escapes a query: parentheses too, and + for a space. */
function urlquery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[()!'*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
