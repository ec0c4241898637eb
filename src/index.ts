/**
 * Vigia as a library: watch any model, in any service or batch job, as the credit service watches its own. Make a
 * reference from the rows behind the model, count live rows with a monitor, and read drift from it, as figures or as
 * metrics for a reader of the OpenTelemetry SDK. Nothing here asks where the score comes from.
 *
 *     const reference = buildReference({ model: 'churn', version: '7' }, rows, scores);
 *     const monitor = createMonitor(reference);
 *     const counts = createModelCounts(monitor, ['stays', 'leaves']);
 *     const reader = new PrometheusExporter({ metricProducers: [createMetricProducer([createModelMetrics(counts)])] });
 *     monitor.observe(row, score);
 *     liveDrift(monitor, '1h');
 *
 * With `buildReference({ model, version, segments: ['channel'] }, …)` each category of a feature is watched by itself, too:
 * `liveSegments` reads its drift, and it has metrics of its own.
 *
 * How well the model does is counted apart: `createPerformance`, its `addPrediction` and, when outcomes come,
 * `addOutcome`.
 */

export type { Reference, VariableReference } from './model/reference.ts';
export { findUnusual } from './monitor/findings.ts';
export { type LiveDrift, liveDrift } from './monitor/live-drift.ts';
export { type LivePerformance, livePerformance } from './monitor/live-performance.ts';
export { type LiveSegment, liveSegments } from './monitor/live-segments.ts';
export { createModelCounts, type ModelCounts } from './monitor/model-counts.ts';
export { createMonitor, type Monitor, type Observation } from './monitor/monitor.ts';
export { createOutcomeDelays, type OutcomeDelays } from './monitor/outcome-delays.ts';
export { createPerformance, type Performance, type PerformanceReference } from './monitor/performance.ts';
export { buildReference } from './profile/build-reference.ts';
export * from './stats/index.ts';
export { createMetricProducer, type MetricSource } from './telemetry/metric-data.ts';
export { createModelMetrics } from './telemetry/model-metrics.ts';
export { createPerformanceMetrics } from './telemetry/performance-metrics.ts';
