import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Instrument } from './instrument.ts';

/** The series of one instrument as they are now; attributes are made once and reused. */
export type Point<Value> = { readonly attributes: Attributes; readonly value: Value };

/** Called at each scrape. */
export type MetricSource = () => readonly MetricData[];

const startTime: HrTime = [Math.floor(performance.timeOrigin / 1000), 0];

function describe(instrument: Instrument) {
  return {
    descriptor: {
      // the exporter appends `_total` to what it is told is monotonic, and leaves a name that has it as it is
      name: instrument.name,
      description: instrument.description,
      unit: instrument.unit,
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}

function stamp<Value>(points: readonly Point<Value>[]): DataPoint<Value>[] {
  const endTime: HrTime = [Math.floor(Date.now() / 1000), 0];
  return points.map(({ attributes, value }) => ({ startTime, endTime, attributes, value }));
}

/** The cumulative values of a counter. */
export function counterData(instrument: Instrument, points: readonly Point<number>[]): MetricData {
  return {
    ...describe(instrument),
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: stamp(points),
  };
}

/** The present values of a gauge. */
export function gaugeData(instrument: Instrument, points: readonly Point<number>[]): MetricData {
  return { ...describe(instrument), dataPointType: DataPointType.GAUGE, dataPoints: stamp(points) };
}

/** The cumulative buckets of a histogram; series of one name may have different boundaries. */
export function histogramData(instrument: Instrument, points: readonly Point<Histogram>[]): MetricData {
  return { ...describe(instrument), dataPointType: DataPointType.HISTOGRAM, dataPoints: stamp(points) };
}

/** Bucket counts of a histogram in the SDK's form. `counts` has one entry more than `boundaries`. */
export function histogramValue(
  boundaries: readonly number[],
  counts: ArrayLike<number>,
  sum: number,
): Histogram {
  const copy = Array.from(counts);
  return {
    buckets: { boundaries: boundaries as number[], counts: copy },
    sum,
    count: copy.reduce((total, count) => total + count, 0),
  };
}

/** Several sources may have series of one metric, each of another model version: they are told as one. */
function joinByName(metrics: readonly MetricData[]): MetricData[] {
  const groups = Map.groupBy(metrics, ({ descriptor }) => descriptor.name);
  return [...groups.values()].map((group) => {
    const dataPoints = group.flatMap((metric): unknown[] => metric.dataPoints);
    return { ...group[0], dataPoints } as MetricData;
  });
}

/** Joins sources into what a metric reader of the OpenTelemetry SDK takes as `metricProducers`. */
export function createMetricProducer(sources: readonly MetricSource[]): MetricProducer {
  const scope = { name: 'vigia' };
  return {
    async collect() {
      const metrics = joinByName(sources.flatMap((source) => source()));
      // the reader puts its own resource in the place of this one
      const resourceMetrics = { resource: undefined as never, scopeMetrics: [{ scope, metrics }] };
      return { resourceMetrics, errors: [] };
    },
  };
}
