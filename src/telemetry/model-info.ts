import type { Reference } from '../model/reference.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { instruments } from './instruments.ts';
import { gaugeData, type MetricSource } from './metric-data.ts';
import { createModelMetrics } from './model-metrics.ts';

/** Information about the models that answer, from their references. */
export function createModelInfo(answering: () => readonly Reference[]): MetricSource {
  return () => [
    gaugeData(
      instruments.modelInfo,
      answering().map((reference) => ({ attributes: describe(reference), value: 1 })),
    ),
  ];
}

function describe({ model, version, output, dataDigest = '' }: Reference) {
  return {
    model,
    version,
    target: output?.column ?? '',
    positive: output?.positive ?? '',
    threshold: output === undefined ? '' : String(output.threshold),
    data_digest: dataDigest,
  };
}

/** All series of a model of which only a monitor exists. */
export function createMonitorMetrics(monitor: Monitor): MetricSource {
  const sources = [createModelMetrics(monitor), createModelInfo(() => [monitor.reference])];
  return () => sources.flatMap((source) => source());
}
