import type { Instrument } from './instrument.ts';
import { validName } from './prometheus-labels.ts';

/** How Prometheus sees a metric. */
export type PrometheusType = Instrument['type'];

/** Units as Prometheus spells them. */
const unitWords: Readonly<Record<string, string>> = {
  '1': '',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  // as both translators spell it
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
};

/** The same after a slash. */
const perUnitWords: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
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
  words.push(...wordsOfUnit(unit).filter((word) => !words.includes(word)));
  const last = type === 'counter' ? 'total' : type === 'gauge' && unit === '1' ? 'ratio' : undefined;
  const ordered = last === undefined ? words : [...words.filter((word) => word !== last), last];
  const text = ordered.join('_') || '_';
  return /^\d/.test(text) ? `_${text}` : text;
}

/** The name of one of our metrics in Prometheus. */
export function instrumentName({ name, unit, type }: Pick<Instrument, 'name' | 'unit' | 'type'>): string {
  return prometheusName(name, unit, type);
}

/** At most two: `bytes` and `per_second`. */
function wordsOfUnit(unit: string): string[] {
  const [, main, per = ''] = /^([^/]*)\/?(.*)$/s.exec(unit) ?? [];
  const perWord = wordOf(per, perUnitWords);
  return [wordOf(main, unitWords), perWord && `per_${perWord}`].filter(Boolean);
}

/** A unit without a word is spelled as it is; one of counted things, `{request}`, is left out. */
function wordOf(unit: string, known: Readonly<Record<string, string>>): string {
  if (unit === '' || /[{}]/.test(unit)) return '';
  return known[unit] ?? validName(unit).replaceAll(/^_|_$/g, '');
}
