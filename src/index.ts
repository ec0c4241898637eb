/**
 * Vigia as a library: watch any model, in any service or batch job, as the service watches its own. Make a reference
 * from the rows behind the model, count live rows with a monitor, and read drift from it, as figures or as metrics for
 * a reader of the OpenTelemetry SDK. Nothing here depends on where the score comes from.
 *
 *     const reference = buildReference(
 *       { model: 'churn', version: '7', output: { negative: 'stays', positive: 'leaves', threshold: 0.4 } },
 *       rows,
 *       scores,
 *     );
 *     const monitor = createMonitor(reference);
 *     const producer = createMetricProducer([createMonitorMetrics(monitor)]);
 *     const exporter = new PrometheusExporter({ port: 9464, metricProducers: [producer] });
 *     const meters = new MeterProvider({ readers: [exporter] });
 *
 *     monitor.observe(row, score);
 *     const [tenure] = liveDrift(monitor, '1h');
 *
 * That counts predictions, drift and segments, with all the series that the rules and the drift dashboard need, except
 * those of failed calls and of shadows, which only a service has. A score that is not a finite number is rejected
 * before anything is counted. Without `output`, drift is still watched, but predictions are not counted by class.
 *
 * With `buildReference({ model, version, segments: ['channel'] }, …)` each category of a feature is also watched
 * separately: `liveSegments` reads its drift, and it has its own metrics.
 *
 * How well the model does is counted separately: `createPerformance`, its `addPrediction` and, when outcomes arrive,
 * `addOutcome`.
 *
 * `watch` does all of this for a program that serves a model in Koa, Express or Fastify, or for a batch job, from a model
 * file or a reference. docs/library.md has examples, and everything that is exported.
 */

import './library-node.ts';

export { type Artifact, loadArtifact } from './model/artifact.ts';
export type { Reference, ReferenceOutput, VariableReference } from './model/reference.ts';
export { findUnusual } from './monitor/findings.ts';
export { type LiveDrift, liveDrift } from './monitor/live-drift.ts';
export { type LivePerformance, livePerformance } from './monitor/live-performance.ts';
export { type LiveSegment, liveSegments } from './monitor/live-segments.ts';
export { type ModelCounts, type RejectionReason, recordRejection } from './monitor/model-counts.ts';
export { createMonitor, type Monitor, type Observation } from './monitor/monitor.ts';
export { createOutcomeDelays, type OutcomeDelays } from './monitor/outcome-delays.ts';
export { createPerformance, type Performance, type PerformanceReference } from './monitor/performance.ts';
export { buildReference } from './profile/build-reference.ts';
export * from './stats/index.ts';
export { createMetricProducer, type MetricSource } from './telemetry/metric-data.ts';
export { createMetricsHandler } from './telemetry/metrics-handler.ts';
export { createMonitorMetrics } from './telemetry/model-info.ts';
export { createPerformanceMetrics } from './telemetry/performance-metrics.ts';
export type { AnswerReaders, WatchedRequest } from './watch/count-answers.ts';
export { type Watch, watch } from './watch/watch.ts';
