import { model } from './performance-series.ts';
import { matchers, type Query } from './promtool.ts';
import type { Labels } from './series.ts';

/** One sample of 1 when the series of the model is within `error` of the value; none at all for `null`. */
export function near(
  at: string,
  metric: string,
  labels: Record<string, string>,
  value: number | null,
  error = 1e-6,
): Query {
  const matchers = Object.entries({ ...model, ...labels }).map(([name, text]) => `${name}="${text}"`);
  const selector = `{${matchers.join(', ')}}`;
  if (value === null) return { at, expr: `${metric}${selector}`, samples: [] };
  return {
    at,
    expr: `abs(${metric}${selector} - ${value}) <= bool ${error}`,
    samples: [{ labels: selector, value: 1 }],
  };
}

/** One sample of 1 when the series with these labels is `value` to a billionth of it. */
export function equals(at: string, metric: string, labels: Labels, value: number): Query {
  const selector = `{${matchers(labels)}}`;
  return {
    at,
    expr: `abs(${metric}${selector} / ${value} - 1) <= bool 1e-9`,
    samples: [{ labels: selector, value: 1 }],
  };
}
