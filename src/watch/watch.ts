import type { Artifact } from '../model/artifact.ts';
import type { Reference } from '../model/reference.ts';
import type { Row } from '../model/row.ts';
import { recordRefusal, recordRejection } from '../monitor/model-counts.ts';
import { createMonitor, type Monitor } from '../monitor/monitor.ts';
import { indexCategories } from '../stats/category-text.ts';
import type { MetricSource } from '../telemetry/metric-data.ts';
import { createMonitorMetrics } from '../telemetry/model-info.ts';
import { checkedModel } from './checked-model.ts';
import { type AnswerReaders, createAnswerCounter } from './count-answers.ts';
import { type ExpressMiddleware, expressMiddleware } from './express.ts';
import { type FastifyPlugin, fastifyPlugin } from './fastify.ts';
import { type KoaMiddleware, koaMiddleware } from './koa.ts';

/** A model that is watched where it answers. */
export type Watch = {
  /** Its counts, from which `liveDrift` and `liveSegments` derive figures. */
  readonly monitor: Monitor;
  /** Its metrics, for `createMetricsHandler` or `createMetricProducer`. */
  readonly metrics: MetricSource;
  /**
   * Counts one prediction, as the service counts an observation: a row or score that the service would refuse is counted
   * as rejected.
   *
   * @param row by feature name; what is no feature is ignored
   * @param prediction the predicted class, if it does not follow from the score and the threshold
   * @returns whether it was counted as a prediction
   */
  observe(row: unknown, score: unknown, prediction?: unknown): boolean;
  /** Middleware for Koa: `app.use(churn.koa({ row, score }))`. */
  koa<Sent, Answered>(readers: AnswerReaders<Sent, Answered>): KoaMiddleware;
  /** Middleware for Express: `app.use(churn.express({ row, score }))`. */
  express<Sent, Answered>(readers: AnswerReaders<Sent, Answered>): ExpressMiddleware;
  /** Plugin for Fastify: `app.register(churn.fastify({ row, score }))`; it counts the routes of its own context. */
  fastify<Sent, Answered>(readers: AnswerReaders<Sent, Answered>): FastifyPlugin;
};

/**
 * Watches a model in the program that serves it, or in a batch job: counts what the service would count, in the same
 * bins, with the same metrics.
 *
 *     const churn = watch(await loadArtifact('models/churn.json'));
 *     app.use(express.json());
 *     app.post('/churn', churn.express({ row: (body: Row) => body, score: (answer: Answer) => answer.score }), answer);
 *     app.get('/metrics', createMetricsHandler([churn.metrics]));
 *
 * The middleware counts an answer once it has left, and changes nothing about it. If a function that reads it fails, that
 * is counted in `model_watch_failures_total`, and the first time reported as a warning of the process.
 *
 * @param model its file as `loadArtifact` reads it, or its reference from `buildReference`
 * @throws RangeError as `createMonitor` does
 */
export function watch(model: Artifact | Reference): Watch {
  const { reference, validate, readScore } = checkedModel(model);
  const monitor = createMonitor(reference);
  const { counts } = monitor;
  const placeOfClass = indexCategories(counts.classes.map((name, place) => [name, place]));
  const countUnknown = (count: number) => recordRejection(counts, '', 'unknown_field', count);

  function refuse(code: 'invalid_score' | 'invalid_prediction'): false {
    recordRefusal(counts, [{ feature: '', code, count: 1 }]);
    return false;
  }

  /** @returns whether the row is sound; counts its faults if not */
  function checkRow(row: unknown): row is Row {
    const faults = validate(row, countUnknown);
    if (faults !== null) recordRefusal(counts, faults.counts);
    return faults === null;
  }

  function observe(row: unknown, value: unknown, prediction?: unknown): boolean {
    if (!checkRow(row)) return false;
    const score = readScore(value);
    if (score === undefined) return refuse('invalid_score');
    const place = prediction === undefined ? undefined : placeOfClass(prediction);
    if (place === undefined && prediction !== undefined) return refuse('invalid_prediction');
    monitor.observe(row, score, place ?? undefined);
    return true;
  }

  const answers = createAnswerCounter(reference, { observe, checkRow });
  const sources = [createMonitorMetrics(monitor), answers.metrics];
  return {
    monitor,
    metrics: () => sources.flatMap((source) => source()),
    observe,
    koa: (readers) => koaMiddleware(answers.reader(readers)),
    express: (readers) => expressMiddleware(answers.reader(readers)),
    fastify: (readers) => fastifyPlugin(answers.reader(readers)),
  };
}
