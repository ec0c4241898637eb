import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Exemplar } from './exemplars.ts';
import type { Instrument } from './instrument.ts';

/** The current series of one instrument; attributes are created once and reused. */
export type Point<Value> = {
  readonly attributes: Attributes;
  readonly value: Value;
  /** That of a counter, or by bucket those of a histogram; only OpenMetrics shows them. */
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
};

/** Called at each scrape. */
export type MetricSource = () => readonly MetricData[];

const startTime: HrTime = [Math.floor(performance.timeOrigin / 1000), 0];

function describe(instrument: Instrument) {
  return {
    descriptor: {
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
  return points.map(({ attributes, value, exemplars }) => ({
    startTime,
    endTime,
    attributes,
    value,
    exemplars,
  }));
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

/** The current values of a gauge. */
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

/**
 * Joins sources into what a metric reader of the OpenTelemetry SDK accepts as `metricProducers`. Several sources may
 * have series of one metric, each for a different model version: they are merged into one metric. Of duplicate series,
 * for which Prometheus would drop the whole scrape, only the first is exposed, and the collection has an error that
 * names them.
 */
export function createMetricProducer(sources: readonly MetricSource[]): MetricProducer {
  const scope = { name: 'vigia' };
  const findRepeated = createRepeatFinder();
  return {
    async collect() {
      const groups = Map.groupBy(
        sources.flatMap((source) => source()),
        ({ descriptor }) => descriptor.name,
      );
      const errors: Error[] = [];
      const metrics = [...groups].map(([name, group]) => {
        const points = group.flatMap((metric): DataPoint<unknown>[] => metric.dataPoints);
        const repeated = findRepeated(name, points);
        if (repeated.size === 0) return { ...group[0], dataPoints: points } as MetricData;
        for (const i of repeated) {
          errors.push(new Error(`${name}${JSON.stringify(points[i].attributes)} occurs twice`));
        }
        return { ...group[0], dataPoints: points.filter((_, i) => !repeated.has(i)) } as MetricData;
      });
      // the reader replaces this with its own resource
      const resourceMetrics = { resource: undefined as never, scopeMetrics: [{ scope, metrics }] };
      return { resourceMetrics, errors };
    },
  };
}

/**
 * Makes the function that finds the points of a metric with the same labels as an earlier one. As attributes are
 * created once and reused, it examines them again only if they are different objects from the last collection.
 *
 * @returns their indices
 */
function createRepeatFinder() {
  type Checked = { readonly attributes: readonly Attributes[]; readonly repeated: ReadonlySet<number> };
  const checked = new Map<string, Checked>();
  return (name: string, points: readonly DataPoint<unknown>[]): ReadonlySet<number> => {
    const last = checked.get(name);
    if (
      last?.attributes.length === points.length &&
      points.every(({ attributes }, i) => attributes === last.attributes[i])
    ) {
      return last.repeated;
    }
    const seen = new Set<string>();
    const repeated = new Set<number>();
    const attributes = points.map((point) => point.attributes);
    for (const [i, labels] of attributes.entries()) {
      const key = JSON.stringify(Object.entries(labels).sort());
      if (seen.has(key)) repeated.add(i);
      seen.add(key);
    }
    checked.set(name, { attributes, repeated });
    return repeated;
  };
}
