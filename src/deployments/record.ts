import type { Span } from '@opentelemetry/api';
import type { JsonlWriter } from '../files/jsonl-writer.ts';
import type { Row } from '../model/row.ts';
import { recordValue } from '../monitor/histogram.ts';
import type { Observation } from '../monitor/monitor.ts';
import type { Tokens } from '../outcomes/token.ts';
import type { Config } from '../settings/config.ts';
import { isoTime } from '../times/iso-time.ts';
import type { Deployment } from './deployment.ts';
import { describePrediction } from './describe-prediction.ts';
import type { Shadows } from './shadows.ts';

/** Where predictions are recorded, besides the counts of their model. */
export type Records = {
  readonly config: Pick<Config, 'SAMPLES_RATIO'>;
  readonly samples: Pick<JsonlWriter, 'append'>;
  /** Signs the ids of predictions. */
  readonly tokens: Pick<Tokens, 'sign'>;
  /** Lets shadows score the row, too; absent for predictions that they do not follow. */
  readonly shadows?: Pick<Shadows, 'follow'>;
};

/** What is known about one prediction besides its row and score. */
export type Circumstances = {
  /** When the model was called, in ms of `performance.now()`; undefined if it was called elsewhere. */
  readonly startedMs: number | undefined;
  /** When it was made, in ms since 1970; undefined for now. */
  readonly timeMs: number | undefined;
  /** The predicted class, by its index; undefined if it follows from the score and the threshold. */
  readonly predictedClass: number | undefined;
  /** Whether the id is returned to the caller; otherwise only a sample has one. */
  readonly wantsId: boolean;
  readonly traceId: string | undefined;
  /** Whether that trace is recorded here. */
  readonly isTraced: boolean;
  /** The caller's own key for the prediction. */
  readonly key: string | undefined;
  /** The span to which the prediction is added, if there is one. */
  readonly span: Span | undefined;
  /** The prediction of another model that this one repeats as its shadow, and whether its sample was kept. */
  readonly shadowed?: { readonly id: string | undefined; readonly isKept: boolean };
};

/** The result of recording one prediction. */
export type Recorded = {
  /** Undefined if neither the caller nor a sample needs it. */
  readonly id: string | undefined;
  /** The predicted class, by its index. */
  readonly predictedClass: number;
  /** How the row was counted; valid until the next prediction of the model. */
  readonly observation: Observation;
};

/**
 * Counts a prediction, signs its id, stores its sample and adds it to its span. Every prediction ends here, wherever it
 * was made, so that none of that can be forgotten.
 *
 * @param row the validated input
 * @throws RangeError for a score that is not a finite number; nothing is recorded then
 */
export function record(
  { config, samples, tokens, shadows }: Records,
  deployment: Deployment,
  row: Row,
  score: number,
  {
    startedMs,
    timeMs = Date.now(),
    predictedClass: given,
    wantsId,
    traceId,
    isTraced,
    key,
    span,
    shadowed,
  }: Circumstances,
): Recorded {
  const { counts, exemplars, formatSample, unusual } = deployment;
  const observation = deployment.monitor.observe(row, score, given);
  deployment.performance.addPrediction(score, timeMs);
  deployment.decisions.record(observation);
  if (startedMs !== undefined) recordValue(counts.predictSeconds, (performance.now() - startedMs) / 1000);

  const isKept = shadowed?.isKept ?? (config.SAMPLES_RATIO === 1 || Math.random() < config.SAMPLES_RATIO);
  const { bins, outside, predictedClass } = observation;
  const id =
    shadowed?.id ??
    (isKept || wantsId
      ? tokens.sign(deployment.digest, timeMs, score, predictedClass, deployment.groups?.numberOf(bins))
      : undefined);
  if (isKept && id !== undefined) {
    const sample = formatSample(isoTime(timeMs), id, key, traceId, row, bins, outside, score, predictedClass);
    samples.append(sample);
    unusual.note(sample, bins, outside);
  }
  if (span) describePrediction(span, deployment, row, score, observation);
  if (isTraced && traceId !== undefined) exemplars?.note(observation, score, traceId, Date.now());
  shadows?.follow({ champion: deployment, row, id, isKept, predictedClass, timeMs, traceId });
  return { id, predictedClass, observation };
}
