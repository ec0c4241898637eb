import type { IncomingMessage } from 'node:http';
import { type Span, trace } from '@opentelemetry/api';
import { askPredictor, classOf } from '../deployments/ask-predictor.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { describeBatch } from '../deployments/describe-batch.ts';
import { describeFailure } from '../deployments/describe-failure.ts';
import { type Recorded, record } from '../deployments/record.ts';
import type { Row } from '../model/row.ts';
import { type BatchIntake, createBatchIntake } from './batch-intake.ts';
import { CallOfRequest } from './call-of-request.ts';
import { keyHeader } from './key-header.ts';
import { predictorProblem } from './predictor-problem.ts';
import { Problem } from './problem.ts';
import { announcedBytes } from './read-body.ts';
import { refuseKey } from './refusals.ts';
import type { RequestContext } from './request-context.ts';
import type { Service } from './service.ts';

/** The maximum number of rows to predict, and of bytes, in one request. */
export const predictLimits = { rows: 1_000, bytes: 2 * 1024 * 1024 } as const;

/** What requests for several predictions share. */
export function createPredictIntake(): BatchIntake {
  return createBatchIntake({
    maxBytes: predictLimits.bytes,
    maxBytesHeld: 32 * predictLimits.bytes,
    refusal: 'too many rows are being predicted: send these again',
  });
}

/** How long the body of a request may be, and the room that is reserved for it. */
export type BodyRoom = { readonly maxBytes: number; release(): void };

const noRoom = () => {};

/**
 * Reserves room for a body that is longer than a single row may be. It has to declare its length: otherwise the maximum
 * would have to be assumed for each of many concurrent requests, which would fill the memory.
 *
 * @throws Problem 503 if there is no room
 */
export function makeRoom(request: IncomingMessage, { config, predictIntake }: Service): BodyRoom {
  const { MAX_BODY_BYTES } = config;
  const maxBytes = Math.max(MAX_BODY_BYTES, predictLimits.bytes);
  const announced = announcedBytes(request, maxBytes);
  if (announced === undefined || announced <= MAX_BODY_BYTES) {
    return { maxBytes: announced === undefined ? MAX_BODY_BYTES : maxBytes, release: noRoom };
  }
  return { maxBytes, release: predictIntake.hold(announced) };
}

/** Validated rows of one request, and the caller they are predicted for. */
type RowsRequest = {
  readonly context: RequestContext;
  readonly service: Service;
  readonly deployment: Deployment;
  readonly rows: readonly Row[];
  /** The caller's own key for the prediction; there is only one prediction then. */
  readonly key: string | undefined;
};

/** @throws Problem for a key that would apply to several predictions */
export function checkKey(deployment: Deployment, key: string | undefined, rows: number): void {
  if (key === undefined || rows === 1) return;
  const detail = `${keyHeader} identifies one prediction: send a single row`;
  throw refuseKey(deployment, new Problem('invalid-header', detail));
}

/**
 * Predicts the rows of one request and records each: all of them, or none where the predictor fails.
 *
 * @param toAnswer turns each prediction into its part of the answer
 * @throws Problem if the predictor fails; nothing is recorded then
 */
export function predictRows<Answer>(
  request: RowsRequest,
  toAnswer: (row: Row, score: number, recorded: Recorded) => Answer,
): Promise<Answer[]> {
  if (!trace.getActiveSpan()?.isRecording()) return predict(request, undefined, toAnswer);
  return trace.getTracer('vigia').startActiveSpan('predict', async (span) => {
    try {
      return await predict(request, span, toAnswer);
    } finally {
      span.end();
    }
  });
}

async function predict<Answer>(
  { context, service, deployment, rows, key }: RowsRequest,
  span: Span | undefined,
  toAnswer: (row: Row, score: number, recorded: Recorded) => Answer,
): Promise<Answer[]> {
  const askedMs = performance.now();
  const predictions = rows.length === 0 ? [] : await askFor(context, service, deployment, rows);
  const msPerRow = (performance.now() - askedMs) / rows.length;
  const traceId = context.state.trace?.traceId;
  const description = span && describeBatch(span, deployment);
  const answers = await service.predictIntake.inTurn(async (pause) => {
    const answers: Answer[] = [];
    for (const [i, row] of rows.entries()) {
      const turn = pause();
      if (turn) await turn;
      const { score, prediction } = predictions[i];
      const recorded = record(service, deployment, row, score, {
        // each row is assigned an equal share of the time
        startedMs: performance.now() - msPerRow,
        timeMs: undefined,
        predictedClass: classOf(deployment, prediction),
        wantsId: true,
        traceId,
        isTraced: span !== undefined,
        key,
        span: undefined,
      });
      description?.add(recorded.observation);
      answers.push(toAnswer(row, score, recorded));
    }
    return answers;
  });
  description?.tell({ 'model.predictions': rows.length });
  context.state.predicted = { rows: rows.length, key: key && deployment.disclosure.tellKey(key) };
  return answers;
}

/**
 * Calls the model for the caller of a request: synchronously if the predictor answers so, otherwise with a promise.
 *
 * @throws Problem (or rejects with it) if the predictor fails
 */
export function askFor(
  { req, res }: RequestContext,
  { callerTrace }: Service,
  deployment: Deployment,
  rows: readonly Row[],
): ReturnType<typeof askPredictor> {
  try {
    const predicted = askPredictor(deployment, rows, new CallOfRequest(req, res, callerTrace));
    return predicted instanceof Promise ? predicted.catch((error) => fail(deployment, error)) : predicted;
  } catch (error) {
    return fail(deployment, error);
  }
}

function fail(deployment: Deployment, error: unknown): never {
  describeFailure(deployment, error);
  throw predictorProblem(error);
}
