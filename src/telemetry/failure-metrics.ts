import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';

/** How many rows a model version could not predict. @param failures by reason, all of which are in it */
export function createFailureMetrics(
  model: { readonly model: string; readonly version: string },
  failures: ReadonlyMap<string, number>,
): MetricSource {
  const series = [...failures.keys()].map((reason) => ({ reason, attributes: { ...model, reason } }));
  return () => [
    counterData(
      instruments.predictFailures,
      series.map(({ reason, attributes }) => ({ attributes, value: failures.get(reason) ?? 0 })),
    ),
  ];
}
