import type { Attributes } from '@opentelemetry/api';
import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { escapeText, formatLabels } from './prometheus-labels.ts';
import { type PrometheusType, prometheusName } from './prometheus-names.ts';

/**
 * Makes the function that writes metrics in Prometheus's text format (0.0.4), as the SDK's `PrometheusSerializer` does
 * without scope labels, but with the units in the names, and valid whatever the attributes are called. The most expensive part, the text of
 * the labels, is created once for each attributes object and kept as long as that object exists: so attributes must not
 * be changed after their first scrape, and should be reused.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createPrometheusText(): (metrics: ResourceMetrics) => string {
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
      texts = [...boundaries, Number.POSITIVE_INFINITY].map((bound) => `le="${formatValue(bound)}"} `);
      boundTexts.set(boundaries, texts);
    }
    return texts;
  }

  function numberLine(name: string, { attributes, value }: DataPoint<number>): string {
    const text = labels(attributes);
    return `${text === '' ? name : `${name}{${text}}`} ${formatValue(value)}\n`;
  }

  function histogramLines(name: string, { attributes, value }: DataPoint<Histogram>): string {
    const text = labels(attributes);
    const own = text === '' ? '' : `{${text}}`;
    const bucket = text === '' ? `${name}_bucket{` : `${name}_bucket{${text},`;
    const { boundaries, counts } = value.buckets;
    const ends = bounds(boundaries);
    let lines = `${name}_count${own} ${value.count}\n`;
    if (value.sum !== undefined) lines += `${name}_sum${own} ${formatValue(value.sum)}\n`;
    let cumulative = 0;
    for (let i = 0; i < counts.length; i++) {
      cumulative += counts[i];
      // an infinite bound: the last line states it
      if (boundaries[i] === Number.POSITIVE_INFINITY) continue;
      lines += `${bucket}${ends[i]}${cumulative}\n`;
    }
    return lines;
  }

  function pointLines(name: string, metric: MetricData): string {
    let lines = '';
    if (metric.dataPointType === DataPointType.HISTOGRAM) {
      for (const point of metric.dataPoints) lines += histogramLines(name, point);
    } else if (metric.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) {
      for (const point of metric.dataPoints) lines += numberLine(name, point);
    }
    return lines;
  }

  return ({ resource, scopeMetrics }) => {
    let text = `${head('target_info', 'Target metadata', '', 'gauge')}target_info{${labels(resource.attributes)}} 1\n`;
    const families = Map.groupBy(
      scopeMetrics.flatMap(({ metrics }) => metrics),
      metricName,
    );
    for (const [name, [first, ...rest]] of families) {
      const { description, unit } = first.descriptor;
      text += head(name, description, unit, metricType(first)) + pointLines(name, first);
      for (const metric of rest) text += pointLines(name, metric);
    }
    return text;
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

function head(name: string, description: string, unit: string, type: string): string {
  const unitLine = unit === '' ? '' : `# UNIT ${name} ${escapeText(unit)}\n`;
  return `# HELP ${name} ${escapeText(description || 'description missing')}\n${unitLine}# TYPE ${name} ${type}\n`;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
