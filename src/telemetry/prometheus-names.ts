import type { Instrument } from './instrument.ts';
import { validName } from './prometheus-labels.ts';

/** How Prometheus sees a metric. */
export type PrometheusType = Instrument['type'];

/** Units as Prometheus spells them. Those of counted things, `{request}`, and `1` have no word. */
const unitWords: Readonly<Record<string, string>> = {
  '': '',
  '1': '',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  '%': 'percent',
};

/**
 * The name of an OpenTelemetry metric in Prometheus: words joined with underscores, then the unit unless it is among
 * the words, then `ratio` for a gauge of unit `1` or `total` for a counter. The Collector and Prometheus' OTLP receiver
 * translate in the same way, so a metric has one name, whether it is scraped or pushed. A name that is a translation
 * already is returned as it is.
 *
 * @param unit in UCUM, as OpenTelemetry writes units
 * @example prometheusName('v8js.memory.heap.used', 'By', 'gauge') // 'v8js_memory_heap_used_bytes'
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */
export function prometheusName(name: string, unit: string, type: PrometheusType): string {
  const words = validName(name).split('_').filter(Boolean);
  const unitWord = unitWords[unit] ?? unitWithoutWord(unit);
  if (unitWord !== '' && !words.includes(unitWord)) words.push(unitWord);
  const last = type === 'counter' ? 'total' : type === 'gauge' && unit === '1' ? 'ratio' : undefined;
  const ordered = last === undefined ? words : [...words.filter((word) => word !== last), last];
  const text = ordered.join('_') || '_';
  return /^\d/.test(text) ? `_${text}` : text;
}

/** The name of one of our metrics in Prometheus. */
export function instrumentName({ name, unit, type }: Pick<Instrument, 'name' | 'unit' | 'type'>): string {
  return prometheusName(name, unit, type);
}

/** A unit that has no word of its own is spelled as it is; one of counted things is left out. */
function unitWithoutWord(unit: string): string {
  return unit.startsWith('{') ? '' : validName(unit);
}
