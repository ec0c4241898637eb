import type { Attributes } from '@opentelemetry/api';
import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Exemplar } from './exemplars.ts';
import { escapeText, formatLabels } from './prometheus-labels.ts';
import { type PrometheusType, prometheusName } from './prometheus-names.ts';

/** The formats, and their media types. */
export const metricsMediaTypes = {
  /** Prometheus's text format 0.0.4. */
  text: 'text/plain; version=0.0.4; charset=utf-8',
  /** OpenMetrics 1.0, which has exemplars and units as well. */
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

export type MetricsFormat = keyof typeof metricsMediaTypes;

/** A point of a counter has at most one exemplar, one of a histogram at most one for each bucket. */
type WithExemplars<Point> = Point & { readonly exemplars?: readonly (Exemplar | undefined)[] };

/**
 * Makes the function that writes metrics in either format. The most expensive part, the text of the labels, is created
 * once for each attributes object and kept as long as that object exists: so attributes must not be changed after their
 * first scrape, and should be reused.
 *
 * OpenMetrics has no histogram of values that may be negative. Such series keep their names, each kind as a family of
 * its own whose type is unknown.
 *
 * Sources: https://prometheus.io/docs/instrumenting/exposition_formats/,
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function createPrometheusText(
  hasExemplars = true,
): (metrics: ResourceMetrics, format: MetricsFormat) => string {
  const labelTexts = new WeakMap<Attributes, string>();
  const boundTexts = new WeakMap<readonly number[], readonly string[]>();

  function labels(attributes: Attributes): string {
    let text = labelTexts.get(attributes);
    if (text === undefined) {
      text = formatLabels(attributes);
      labelTexts.set(attributes, text);
    }
    return text;
  }

  function bounds(boundaries: readonly number[]): readonly string[] {
    let texts = boundTexts.get(boundaries);
    if (texts === undefined) {
      texts = [...boundaries, Number.POSITIVE_INFINITY].map((bound) => `le="${formatBound(bound)}"} `);
      boundTexts.set(boundaries, texts);
    }
    return texts;
  }

  function numberLine(
    name: string,
    { attributes, value, exemplars }: WithExemplars<DataPoint<number>>,
    format: MetricsFormat,
  ): string {
    const text = labels(attributes);
    const exemplar = hasExemplars && format === 'openMetrics' ? formatExemplar(exemplars?.[0]) : '';
    return `${text === '' ? name : `${name}{${text}}`} ${formatValue(value)}${exemplar}\n`;
  }

  /** The lines of its buckets, of its sum, and of its count. */
  function histogramLines(
    name: string,
    { attributes, value, exemplars }: WithExemplars<DataPoint<Histogram>>,
    format: MetricsFormat,
  ): [string, string, string] {
    const text = labels(attributes);
    const own = text === '' ? '' : `{${text}}`;
    const bucket = text === '' ? `${name}_bucket{` : `${name}_bucket{${text},`;
    const { boundaries, counts } = value.buckets;
    const ends = bounds(boundaries);
    const shown = hasExemplars && format === 'openMetrics' ? exemplars : undefined;
    let lines = '';
    let cumulative = 0;
    for (let i = 0; i < counts.length; i++) {
      cumulative += counts[i];
      // an infinite bound: the last line states it
      if (boundaries[i] === Number.POSITIVE_INFINITY) continue;
      lines += `${bucket}${ends[i]}${cumulative}${formatExemplar(shown?.[i])}\n`;
    }
    const sum = value.sum === undefined ? '' : `${name}_sum${own} ${formatValue(value.sum)}\n`;
    return [lines, sum, `${name}_count${own} ${value.count}\n`];
  }

  function histogramFamily(
    name: string,
    description: string,
    points: readonly DataPoint<Histogram>[],
    format: MetricsFormat,
  ): string {
    const isUnknown = format === 'openMetrics' && points.some(({ value }) => isSigned(value));
    // what is unknown has no exemplars
    const lines = points.map((point) => histogramLines(name, point, isUnknown ? 'text' : format));
    if (!isUnknown) return heads[format](name, description, 'histogram') + lines.flat().join('');
    return ['bucket', 'sum', 'count']
      .map(
        (kind, i) =>
          openMetricsHead(`${name}_${kind}`, description, 'unknown') + lines.map((of) => of[i]).join(''),
      )
      .join('');
  }

  return ({ resource, scopeMetrics }, format) => {
    const head = heads[format];
    let text = `${head('target_info', 'Target metadata', 'gauge')}target_info{${labels(resource.attributes)}} 1\n`;
    const families = Map.groupBy(
      scopeMetrics.flatMap(({ metrics }) => metrics),
      metricName,
    );
    for (const [name, metrics] of families) {
      const [{ descriptor, dataPointType }] = metrics;
      const points = metrics.flatMap((metric): DataPoint<unknown>[] => metric.dataPoints);
      if (dataPointType === DataPointType.HISTOGRAM) {
        text += histogramFamily(name, descriptor.description, points as DataPoint<Histogram>[], format);
      } else if (dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) {
        text += head(name, descriptor.description, metricType(metrics[0]));
        for (const point of points) text += numberLine(name, point as DataPoint<number>, format);
      }
    }
    return format === 'openMetrics' ? `${text}# EOF\n` : text;
  };
}

/** What Prometheus calls a metric that was collected. */
export function metricName(metric: MetricData): string {
  const { name, unit } = metric.descriptor;
  return prometheusName(name, unit, metricType(metric));
}

function metricType(metric: MetricData): PrometheusType {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  return metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'counter' : 'gauge';
}

function textHead(name: string, description: string, type: PrometheusType): string {
  return `# HELP ${name} ${escapeText(description || missingDescription)}\n# TYPE ${name} ${type}\n`;
}

/** In OpenMetrics a family has the name of its series without the ending that its type requires. */
function openMetricsHead(name: string, description: string, type: PrometheusType | 'unknown'): string {
  const isInfo = type === 'gauge' && name.endsWith('_info');
  const family = name.replace(isInfo ? /_info$/ : type === 'counter' ? /_total$/ : /$/, '');
  const help = escapeText(description || missingDescription).replaceAll('"', '\\"');
  // the unit is part of the name wherever there is one
  const unit = /_(seconds|bytes|ratio)$/.exec(family)?.[1];
  return `# TYPE ${family} ${isInfo ? 'info' : type}\n${unit ? `# UNIT ${family} ${unit}\n` : ''}# HELP ${family} ${help}\n`;
}

const heads = { text: textHead, openMetrics: openMetricsHead };

/** Whether its values may be negative. */
function isSigned({ buckets, sum = 0 }: Histogram): boolean {
  return sum < 0 || buckets.boundaries[0] < 0;
}

const missingDescription = 'description missing';

/** A trace id is far shorter than the 128 characters that the labels of an exemplar may have. */
function formatExemplar(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, value, timeMs } = exemplar;
  return ` # {trace_id="${traceId}"} ${formatValue(value)} ${(timeMs / 1000).toFixed(3)}`;
}

/** As OpenMetrics requires, and as Prometheus 3 stores the label whatever was written: `1.0`, `1e+06`, `1e-05`. */
function formatBound(bound: number): string {
  if (!Number.isFinite(bound)) return formatValue(bound);
  const [mantissa, exponent] = bound.toExponential().split('e');
  const size = Math.abs(Number(exponent));
  if (Number(exponent) < -4 || Number(exponent) > 5) {
    return `${mantissa}e${exponent[0]}${String(size).padStart(2, '0')}`;
  }
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
